import { type Batch, itemCount } from '../../component/batch.ts'
import {
  type Chosen,
  type Forgotten,
  type KeptEntries,
  type KeptEntry,
  type KeptPart,
  type KeptQueue,
  type KeptSummary,
  keptParts,
  type Replayed,
  shownPayloadBytes,
} from '../../component/kept-queue.ts'
import { decodeBatch } from '../../component/stored-batch.ts'
import { toJson } from '../../pdata/json.ts'
import type { DeadLetters } from '../../storage/dead-letters.ts'
import type { ReadRecord } from '../../storage/log-reader.ts'
import type { SegmentLog } from '../../storage/segment-log.ts'
import { readDeathNote } from './death-note.ts'

/** A queue and its dead letters on disk, and how they are changed where they are. */
export interface StoredQueueOptions {
  /** Missing where there are dead letters alone. */
  readonly queue: SegmentLog | undefined
  readonly letters: DeadLetters
  /** Puts a batch at the end of the queue; rejects with a sentence where it cannot. */
  append(batch: Batch): Promise<void>
  /** Makes safe what was appended. */
  sync(): Promise<void>
  /** Forgets a record of the queue; `false` for one that is being sent. */
  forget(record: ReadRecord): boolean
}

interface Found extends ReadRecord {
  readonly note: string | undefined
}

interface Letter {
  readonly sequence: number
  readonly batch: Batch
}

/** What is read, appended and synced together; held in memory meanwhile. */
const groupLetters = 256
const groupBytes = 4 * 2 ** 20

/**
 * What people see of a queue on disk, and what they may do with it. Changes come one after the
 * other, so that no letter is sent again twice; there must be one of these for each queue.
 */
export class StoredQueue implements KeptQueue {
  readonly #options: StoredQueueOptions
  #lastChange: Promise<unknown> = Promise.resolve()

  constructor(options: StoredQueueOptions) {
    this.#options = options
  }

  async summary(): Promise<readonly KeptSummary[]> {
    return keptParts.flatMap((part) => {
      const status = this.#log(part)?.status()
      if (status === undefined) return []
      const { heldRecords: records, heldItems: items, heldBytes: bytes, oldestMs } = status
      const oldest = oldestMs === undefined ? null : isoTime(oldestMs)
      return [{ part, records, items, bytes, oldest }]
    })
  }

  async entries(
    part: KeptPart,
    { limit, payload }: { readonly limit: number; readonly payload: boolean },
  ): Promise<KeptEntries> {
    const entries: KeptEntry[] = []
    let shownBytes = 0
    for await (const found of this.#found(part)) {
      if (payload) shownBytes += found.payload.length
      const isTooMuch = entries.length > 0 && shownBytes > shownPayloadBytes
      if (entries.length === limit || isTooMuch) return { entries, has_more: true }
      entries.push(entryOf(found, payload))
    }
    return { entries, has_more: false }
  }

  replay(chosen: Chosen): Promise<Replayed> {
    return this.#inTurn(() => this.#replay(chosen))
  }

  drop(part: KeptPart, chosen: Chosen): Promise<Forgotten> {
    return this.#inTurn(() => this.#drop(part, chosen))
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#lastChange.then(change)
    this.#lastChange = changed.catch(() => {})
    return changed
  }

  async #replay(chosen: Chosen): Promise<Replayed> {
    const replayed = { records: 0, items: 0, unreadable: 0 }
    let group: Letter[] = []
    let bytes = 0
    const replayGroup = async () => {
      await this.#sendAgain(group)
      replayed.records += group.length
      replayed.items += group.reduce((sum, { batch }) => sum + itemCount(batch), 0)
      group = []
      bytes = 0
    }
    for await (const { sequence, payload } of this.#chosen('dead_letters', chosen)) {
      const batch = decoded(payload)
      if (batch === undefined) {
        replayed.unreadable++
        continue
      }
      group.push({ sequence, batch })
      bytes += payload.length
      if (group.length === groupLetters || bytes >= groupBytes) await replayGroup()
    }
    if (group.length > 0) await replayGroup()
    return replayed
  }

  /** No letter is dropped before its batch is safe; where some have no room, the others are sent. */
  async #sendAgain(group: readonly Letter[]): Promise<void> {
    const { letters, append, sync } = this.#options
    const appended = await Promise.allSettled(group.map(({ batch }) => append(batch)))
    await sync()
    for (const [at, { sequence }] of group.entries()) {
      if (appended[at]?.status === 'fulfilled') letters.drop(sequence)
    }
    const failed = appended.find((it) => it.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #drop(part: KeptPart, chosen: Chosen): Promise<Forgotten> {
    const { letters, forget } = this.#options
    const forgotten = { records: 0, items: 0 }
    for await (const found of this.#chosen(part, chosen)) {
      if (part === 'dead_letters') letters.drop(found.sequence)
      else if (!forget(found)) continue
      forgotten.records++
      forgotten.items += found.items
    }
    return forgotten
  }

  #log(part: KeptPart): SegmentLog | undefined {
    return part === 'queue' ? this.#options.queue : this.#options.letters.log
  }

  /** Of those that are there now: what comes while one looks is not meant. */
  async *#chosen(part: KeptPart, chosen: Chosen): AsyncGenerator<Found> {
    const end = this.#log(part)?.nextSequence ?? 0
    for await (const found of this.#found(part)) {
      if (found.sequence >= end) return
      if (chosen === 'all' || chosen === found.sequence) yield found
    }
  }

  /** Oldest first, one in memory at a time. */
  async *#found(part: KeptPart): AsyncGenerator<Found> {
    if (part === 'dead_letters') {
      for await (const { reason, ...it } of this.#options.letters.list()) {
        yield { ...it, note: reason }
      }
      return
    }
    const reader = this.#options.queue?.reader()
    if (reader === undefined) return
    try {
      for (let it = await reader.next(); it !== undefined; it = await reader.next()) {
        yield { ...it, note: undefined }
      }
    } finally {
      await reader.close()
    }
  }
}

function entryOf({ sequence, receivedMs, items, payload, note }: Found, isWanted: boolean) {
  const batch = decoded(payload)
  return {
    sequence,
    at: isoTime(receivedMs),
    kind: batch?.kind ?? null,
    items,
    bytes: payload.length,
    ...(note !== undefined && readDeathNote(note)),
    ...(isWanted && batch && { payload: shownPayload(batch) }),
  }
}

function shownPayload(batch: Batch): unknown {
  return batch.kind === 'alerts' ? batch.alerts : JSON.parse(toJson(batch.payload))
}

function decoded(payload: Uint8Array): Batch | undefined {
  try {
    return decodeBatch(payload)
  } catch {
    return undefined
  }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
