import { type Batch, itemCount, type Lease, sizeBytes } from '../../component/batch.ts'
import { wait } from '../../component/scheduler.ts'
import type { ComponentStorage, Settings } from '../../component/settings.ts'
import { decodeBatch, encodeBatch } from '../../component/stored-batch.ts'
import type { LogReader, LogRecord, ReadRecord } from '../../storage/log-reader.ts'
import type { Appended } from '../../storage/pending.ts'
import type { SegmentLog } from '../../storage/segment-log.ts'
import { type BacklogAccount, BacklogBooks } from './backlog-books.ts'

/** A batch that was read from disk. */
export interface ReadBatch {
  readonly batch: Batch
  readonly sequence: number
  readonly receivedMs: number
  readonly leases: readonly Lease[]
}

/** The queue whose backlog this is. */
export interface BacklogOwner extends BacklogAccount {
  /** Whether there is something to do for a batch from disk. */
  wantsMore(): boolean
  take(read: ReadBatch): void
  /** A record whose bytes are whole and which is no batch; resolves once it is safe elsewhere. */
  bury(record: LogRecord, cause: unknown): Promise<boolean>
  /** Room on disk was freed. */
  onRoom(): void
}

const retryMs = 1000
const memoryRetryMs = 200

/**
 * What a queue has on disk: its log, the order in which the memory part and the log take turns, and
 * the pump that reads what waits, one record at a time and only when somebody wants it.
 */
export class DiskBacklog {
  readonly #settings: Pick<Settings, 'id' | 'log' | 'scheduler' | 'memory'>
  readonly #storage: ComponentStorage
  readonly #owner: BacklogOwner
  readonly #ended = new AbortController()
  /** Sequences of which the memory part has the batch. */
  readonly #inMemory = new Set<number>()
  #log: SegmentLog | undefined
  #books: BacklogBooks | undefined
  #forgetRoom: () => void = () => {}
  #reader: LogReader | undefined
  #position = 0
  #waits = false
  /** Nothing was left when it was last read. */
  #atEnd = false
  #writing = new Set<Promise<unknown>>()
  #writingBytes = 0
  #written = 0
  /** Sequences below it are known to those who wrote them. */
  #toldBelow = 0
  #running: Promise<void> | undefined

  constructor(
    settings: Pick<Settings, 'id' | 'log' | 'scheduler' | 'memory'>,
    storage: ComponentStorage,
    owner: BacklogOwner,
  ) {
    this.#settings = settings
    this.#storage = storage
    this.#owner = owner
  }

  /** Opens the log; what it holds waits from then on. */
  async open(): Promise<void> {
    const log = await this.#storage.queue()
    this.#log = log
    this.#books = new BacklogBooks(log, this.#owner)
    this.#toldBelow = log.nextSequence
    this.#waits = log.status().heldRecords > 0
    if (this.#waits) {
      const { heldRecords: records, bytes } = log.status()
      this.#settings.log.info({ records, bytes }, 'What waited on disk is sent before what comes.')
    }
    void log.explored.then(() => {
      this.#books?.explored()
      const { damagedRecords: records } = log.status()
      if (records > 0) this.#settings.log.error({ records }, foundDamaged)
    })
    this.#watchRoom(log)
    this.wake()
  }

  get log(): SegmentLog | undefined {
    return this.#log
  }

  /** Whether something waits on disk that the memory part does not have: new ones stand behind it. */
  get waits(): boolean {
    return this.#waits
  }

  hasRoom(bytes: number): boolean {
    return this.#log?.hasRoom(this.#writingBytes + bytes) ?? false
  }

  /** Puts a batch at the end of what waits. */
  async append(batch: Batch, receivedMs: number): Promise<Appended> {
    if (!this.#waits) this.#begin()
    return this.#write(batch, receivedMs, () => {})
  }

  /** Makes safe what the memory part keeps. */
  store(batch: Batch, receivedMs: number): Promise<Appended> {
    return this.#write(batch, receivedMs, (sequence) => this.#inMemory.add(sequence))
  }

  /** A batch that is on disk is finished. */
  acknowledge(sequence: number, items: number): void {
    if (!this.#inMemory.delete(sequence)) return
    // The log may tell of room, and be compared, before it returns.
    this.#books?.gone(items)
    this.#log?.acknowledge(sequence)
  }

  /** Whether the disk still has a record of the memory part; the log may have made room with it. */
  keeps(sequence: number, items: number): boolean {
    if (!this.#isGone(sequence) || !this.#inMemory.delete(sequence)) return true
    this.#books?.gone(items)
    return false
  }

  /** Forgets a record that waits; `false` for one that is in memory, or is gone. */
  forget(record: ReadRecord): boolean {
    const { sequence, items } = record
    const log = this.#log
    if (log === undefined || this.#inMemory.has(sequence)) return false
    this.#books?.read(record)
    this.#books?.gone(items)
    const before = log.status().heldRecords
    log.acknowledge(sequence)
    if (log.status().heldRecords < before) return true
    this.#books?.stored(items)
    return false
  }

  /** Resolves when all that was written would survive a power loss; rejects with why not. */
  async sync(): Promise<void> {
    try {
      await this.#log?.sync()
    } catch (cause) {
      const { id, log } = this.#settings
      log.error({ err: cause }, 'The queue on disk cannot be synced.')
      throw new Error(`exporters.${id}: the queue on disk cannot be synced`, { cause })
    }
  }

  /** Compares the ledger with the disk, where nothing is on its way between them. */
  compare(): void {
    if (this.#writing.size === 0) this.#books?.compare()
  }

  /** There may be something to do for a batch from disk. */
  readonly wake = (): void => {
    if (!this.#canRead()) return
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      this.wake()
    })
  }

  /** Reads no more; what it has handed out stays with its owner. */
  async stop(): Promise<void> {
    this.#ended.abort()
    this.#forgetRoom()
    // A disk that does not answer is waited for behind the scenes.
    void Promise.resolve(this.#running).then(() => this.#endReading())
    await Promise.all(this.#writing)
  }

  #canRead(): boolean {
    const isWanted = this.#waits && !this.#atEnd && !this.#ended.signal.aborted
    return this.#log !== undefined && isWanted && this.#owner.wantsMore()
  }

  async #run(): Promise<void> {
    while (this.#canRead()) {
      try {
        await this.#next()
      } catch (cause) {
        this.#settings.log.error({ err: cause }, 'The queue on disk cannot be read for now.')
        await this.#endReading()
        await wait(this.#settings.scheduler, retryMs, this.#ended.signal)
      }
    }
  }

  async #next(): Promise<void> {
    const written = this.#written
    this.#reader ??= this.#log?.reader(this.#position)
    const record = await this.#reader?.next()
    if (record !== undefined) return this.#take(record)
    if (written !== this.#written) return
    this.#atEnd = true
    if (this.#writing.size === 0) await this.#drained()
  }

  async #take(record: LogRecord): Promise<void> {
    const { sequence, receivedMs, payload } = record
    while (sequence >= this.#toldBelow && this.#writing.size > 0) await Promise.race(this.#writing)
    if (this.#ended.signal.aborted) return
    this.#position = sequence + 1
    if (this.#inMemory.has(sequence)) return
    this.#books?.read(record)
    this.#inMemory.add(sequence)
    const batch = await this.#decoded(record)
    if (batch === undefined) return
    const lease = await this.#leased(payload.length)
    if (lease === undefined) return
    if (this.#isGone(sequence)) {
      // The log made room with it while it was on its way: it counts as lost.
      this.#inMemory.delete(sequence)
      return lease.release()
    }
    this.#owner.take({ batch, sequence, receivedMs, leases: [lease] })
  }

  #isGone(sequence: number): boolean {
    return sequence < (this.#log?.firstHeldSequence ?? Number.POSITIVE_INFINITY)
  }

  /** Whatever cannot be decoded stands in nobody's way. */
  async #decoded(record: LogRecord): Promise<Batch | undefined> {
    try {
      return decodeBatch(record.payload)
    } catch (cause) {
      const { sequence, items } = record
      if (!(await this.#owner.bury(record, cause))) return undefined
      if (this.#isGone(sequence)) return undefined
      this.acknowledge(sequence, items)
      this.#owner.lost('damaged', items)
      return undefined
    }
  }

  /**
   * Memory for what was read, once there is some; nothing when stopped meanwhile. What is larger
   * than all there is goes alone.
   */
  async #leased(bytes: number): Promise<Lease | undefined> {
    const { memory } = this.#settings
    for (;;) {
      const lease = memory.reserve(Math.min(bytes, memory.status().limit_bytes))
      if (lease !== undefined) return lease
      await wait(this.#settings.scheduler, memoryRetryMs, this.#ended.signal)
      if (this.#ended.signal.aborted) return undefined
    }
  }

  #begin(): void {
    this.#waits = true
    this.#atEnd = false
    // What lies below is in memory too, or finished.
    this.#position = this.#log?.nextSequence ?? 0
    this.#settings.log.info({}, 'The destination does not keep up: what comes goes to disk.')
  }

  async #drained(): Promise<void> {
    this.#waits = false
    await this.#endReading()
    this.#settings.log.info({}, 'The backlog on disk is drained.')
  }

  /** @param written told the sequence before the pump can meet it */
  async #write(
    batch: Batch,
    receivedMs: number,
    written: (sequence: number) => void,
  ): Promise<Appended> {
    const log = this.#log
    if (log === undefined) return { kind: 'retryable', reason: 'the queue on disk is not open' }
    const bytes = sizeBytes(batch)
    this.#writingBytes += bytes
    const appending = log.append({
      payload: encodeBatch(batch),
      receivedMs: Math.floor(receivedMs),
      items: itemCount(batch),
    })
    this.#writing.add(appending)
    const appended = await appending
    this.#writing.delete(appending)
    this.#writingBytes -= bytes
    this.#written++
    this.#atEnd = false
    if (appended.kind === 'appended') {
      written(appended.sequence)
      this.#toldBelow = Math.max(this.#toldBelow, appended.sequence + 1)
      this.#books?.stored(itemCount(batch))
    }
    this.wake()
    return appended
  }

  #watchRoom(log: SegmentLog): void {
    this.#forgetRoom()
    if (this.#ended.signal.aborted) return
    this.#forgetRoom = log.onRoom(() => {
      this.#watchRoom(log)
      this.#owner.onRoom()
    })
  }

  async #endReading(): Promise<void> {
    const reader = this.#reader
    this.#reader = undefined
    await reader?.close().catch(() => {})
  }
}

const foundDamaged =
  'Damaged records were found in the queue on disk and set aside; the rest is used.'
