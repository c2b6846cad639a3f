import type { Lease } from '../component/batch.ts'
import type { MemoryLedger } from '../component/memory.ts'
import type { LogRecord, RecordBody } from '../component/record.ts'
import { decodeRecord, encodeRecord } from '../component/record-codec.ts'
import type { LogReader } from '../storage/log-reader.ts'
import type { Appended } from '../storage/pending.ts'
import type { SegmentLog } from '../storage/segment-log.ts'
import { Bell } from './bell.ts'

/** A committed record, and the memory it occupies. */
export interface Committed {
  readonly record: LogRecord
  readonly leases: readonly Lease[]
  readonly sizeBytes: number
  /** Of a request, where it is known already. */
  readonly hash?: Buffer | undefined
  /** Gives the memory back; once is enough. */
  release(): void
}

/** A record whose bytes are whole, and which cannot be understood. */
export interface Unreadable {
  readonly offset: number
  readonly atMs: number
  readonly bytes: Uint8Array
  readonly cause: unknown
}

/** What belongs to a record and does not lie in the log. */
export interface Attached {
  /** Of the record's bytes; held on to while the record is kept in memory. */
  readonly leases: readonly Lease[]
  readonly hash?: Buffer | undefined
}

export interface IngestLogOptions {
  readonly log: SegmentLog
  readonly memory: MemoryLedger
  /** Offset of the first record to read. */
  readonly from: number
  readonly onUnreadable: (found: Unreadable) => Promise<void>
}

/** Of the memory ledger, what committed records may occupy so that they need not be read again. */
const cacheShare = 1 / 8

/**
 * The log of what was taken over. Records are read in the order in which they were committed: from
 * memory while the reader keeps up, else from the disk, one at a time.
 */
export class IngestLog {
  readonly #options: IngestLogOptions
  readonly #cache = new Map<number, Committed>()
  readonly #cacheBytes: number
  readonly #bell = new Bell()
  #cachedBytes = 0
  #next: number
  #reader: LogReader | undefined
  #isClosed = false

  constructor(options: IngestLogOptions) {
    this.#options = options
    this.#next = options.from
    this.#cacheBytes = options.memory.status().limit_bytes * cacheShare
  }

  /** Whether everything committed has been read. */
  get isRead(): boolean {
    return this.#cache.size === 0 && this.#next >= this.#options.log.nextSequence
  }

  hasRoom(sizeBytes: number): boolean {
    return this.#options.log.hasRoom(sizeBytes)
  }

  /**
   * Resolves once the record is committed, or with why it is not.
   *
   * @param onCommitted told the offset before anybody can read the record
   */
  async append(
    body: RecordBody,
    receivedMs: number,
    { leases, hash }: Attached,
    onCommitted: (offset: number) => void,
  ): Promise<Appended> {
    const isRequest = body.kind === 'request'
    const items = isRequest ? body.payload.itemCount : 0
    const payload = encodeRecord(body)
    for (const lease of leases) lease.retain()
    const appended = await this.#options.log.append({
      payload,
      receivedMs,
      items,
      isVital: !isRequest,
    })
    if (appended.kind === 'appended') {
      const sizeBytes = payload.reduce((sum, it) => sum + it.length, 0)
      const record = { offset: appended.sequence, atMs: receivedMs, body }
      onCommitted(appended.sequence)
      this.#keep({ ...committed(record, leases, sizeBytes), hash })
    } else for (const lease of leases) lease.release()
    return appended
  }

  /** The next record, once there is one, or `undefined` after {@link close}. One call at a time. */
  async next(): Promise<Committed | undefined> {
    while (!this.#isClosed) {
      const { rung } = this.#bell
      const next = this.#cached() ?? (await this.#read())
      if (next !== undefined) return next
      await rung
    }
    return undefined
  }

  /** Nothing below is needed for a replay any more. */
  releaseBelow(offset: number): void {
    this.#options.log.acknowledgeBelow(offset)
  }

  /** Ends {@link next}; the log itself belongs to whoever opened it. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#bell.ring()
    for (const offset of [...this.#cache.keys()]) this.#drop(offset)
    await this.#endReading()
  }

  #keep(its: Committed): void {
    const fits = this.#cachedBytes + its.sizeBytes <= this.#cacheBytes
    if (fits && !this.#isClosed) {
      this.#cache.set(its.record.offset, its)
      this.#cachedBytes += its.sizeBytes
    } else its.release()
    this.#bell.ring()
  }

  #cached(): Committed | undefined {
    const found = this.#cache.get(this.#next)
    if (found === undefined) return undefined
    this.#cache.delete(this.#next)
    this.#cachedBytes -= found.sizeBytes
    this.#next++
    if (this.#reader !== undefined) void this.#endReading()
    return found
  }

  async #read(): Promise<Committed | undefined> {
    const { log, onUnreadable } = this.#options
    while (this.#next < log.nextSequence && !this.#isClosed) {
      const endSequence = log.nextSequence
      this.#reader ??= log.reader(this.#next)
      const found = await this.#reader.next()
      if (found === undefined) {
        // Sequences that nobody has: damaged ones, or those that a power loss took.
        if (!this.#isClosed) this.#next = Math.max(this.#next, endSequence)
        break
      }
      for (let at = this.#next; this.#cache.size > 0 && at <= found.sequence; at++) this.#drop(at)
      this.#next = found.sequence + 1
      const { sequence: offset, receivedMs: atMs, payload } = found
      try {
        const record = { offset, atMs, body: decodeRecord(payload) }
        const leases = await this.#leased(record.body, payload.length)
        return committed(record, leases, payload.length)
      } catch (cause) {
        await onUnreadable({ offset, atMs, bytes: payload, cause })
      }
    }
    // An open file keeps its room on the disk after it is unlinked.
    await this.#endReading()
    return undefined
  }

  /** Memory for a record that comes from the disk; waits for it behind those who came before. */
  async #leased(body: RecordBody, sizeBytes: number): Promise<readonly Lease[]> {
    if (body.kind !== 'request' || body.payload.itemCount === 0) return []
    const { memory } = this.#options
    while (!this.#isClosed) {
      const { rung } = this.#bell
      // One that is larger than all there is waits until nobody else has any.
      const lease = memory.reserve(Math.min(sizeBytes, memory.status().limit_bytes))
      if (lease !== undefined) return [lease]
      memory.onRoom(this.#bell.ring)
      await rung
    }
    return []
  }

  #drop(offset: number): void {
    const found = this.#cache.get(offset)
    if (found === undefined) return
    this.#cache.delete(offset)
    this.#cachedBytes -= found.sizeBytes
    found.release()
  }

  async #endReading(): Promise<void> {
    const reader = this.#reader
    this.#reader = undefined
    await reader?.close()
  }
}

function committed(record: LogRecord, leases: readonly Lease[], sizeBytes: number): Committed {
  let isHeld = true
  const release = () => {
    if (isHeld) for (const lease of leases) lease.release()
    isHeld = false
  }
  return { record, leases, sizeBytes, release }
}
