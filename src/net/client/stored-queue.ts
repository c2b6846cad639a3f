import { type Batch, itemCount } from '../../component/batch.ts'
import { decodeBatch } from '../../component/stored-batch.ts'
import type { DeadLetters } from '../../storage/dead-letters.ts'
import type { SegmentLog } from '../../storage/segment-log.ts'
import { type DeathNote, readDeathNote } from './death-note.ts'

/** What a destination has on disk. */
export interface StoredQueue {
  readonly queue: SegmentLog
  readonly letters: DeadLetters
}

/** Which of the two. */
export type Part = 'queue' | 'dead_letters'

/** One record, as people see it. */
export interface StoredEntry {
  readonly sequence: number
  /** When it was received; of a dead letter, when it was given up. */
  readonly atMs: number
  readonly items: number
  readonly bytes: number
  /** Missing where it cannot be read. */
  readonly batch: Batch | undefined
  /** Of a dead letter. */
  readonly note: DeathNote | undefined
}

/** Sequences that are meant. */
export type Chosen = number | 'all'

/** Everything in a part, oldest first, one in memory at a time. */
export async function* entriesOf(stored: StoredQueue, part: Part): AsyncGenerator<StoredEntry> {
  if (part === 'dead_letters') {
    for await (const { sequence, receivedMs, items, payload, reason } of stored.letters.list()) {
      yield { ...entry(sequence, receivedMs, items, payload), note: readDeathNote(reason) }
    }
    return
  }
  const reader = stored.queue.reader()
  try {
    for (let it = await reader.next(); it !== undefined; it = await reader.next()) {
      yield entry(it.sequence, it.receivedMs, it.items, it.payload)
    }
  } finally {
    await reader.close()
  }
}

/** What became of dead letters that were to be sent again. */
export interface Replayed {
  readonly records: number
  readonly items: number
  /** Those that nobody can read stay where they are. */
  readonly unreadable: number
}

/**
 * Puts dead letters back into the queue, and drops each once it is safe there.
 *
 * @param append puts a batch at the end of the queue; rejects with a sentence where it cannot
 */
export async function replayLetters(
  { letters }: Pick<StoredQueue, 'letters'>,
  chosen: Chosen,
  append: (batch: Batch) => Promise<void>,
): Promise<Replayed> {
  const replayed = { records: 0, items: 0, unreadable: 0 }
  // What is put into the queue now may die again while one looks.
  const end = letters.log.nextSequence
  for await (const { sequence, payload } of letters.list()) {
    if (sequence >= end) break
    if (chosen !== 'all' && chosen !== sequence) continue
    const batch = decoded(payload)
    if (batch === undefined) {
      replayed.unreadable++
      continue
    }
    await append(batch)
    letters.drop(sequence)
    replayed.records++
    replayed.items += itemCount(batch)
  }
  return replayed
}

/** Records that are gone now. */
export interface DroppedEntries {
  readonly records: number
  readonly items: number
}

/** Forgets what was chosen. */
export async function dropEntries(
  stored: StoredQueue,
  part: Part,
  chosen: Chosen,
): Promise<DroppedEntries> {
  const log = part === 'queue' ? stored.queue : stored.letters.log
  const dropped = { records: 0, items: 0 }
  const end = log.nextSequence
  for await (const { sequence, items } of entriesOf(stored, part)) {
    if (sequence >= end) break
    if (chosen !== 'all' && chosen !== sequence) continue
    log.acknowledge(sequence)
    dropped.records++
    dropped.items += items
  }
  return dropped
}

function entry(
  sequence: number,
  atMs: number,
  items: number,
  payload: Uint8Array,
): Omit<StoredEntry, 'note'> & { note: undefined } {
  const batch = decoded(payload)
  return { sequence, atMs, items, bytes: payload.length, batch, note: undefined }
}

function decoded(payload: Uint8Array): Batch | undefined {
  try {
    return decodeBatch(payload)
  } catch {
    return undefined
  }
}
