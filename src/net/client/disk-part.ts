import { type Batch, itemCount, type Lease } from '../../component/batch.ts'
import type { Delivery, Permanent, Retryable } from '../../component/delivery.ts'
import type { KeptQueue } from '../../component/kept-queue.ts'
import type { ComponentStorage, Settings } from '../../component/settings.ts'
import type { LogRecord, ReadRecord } from '../../storage/log-reader.ts'
import type { Appended } from '../../storage/pending.ts'
import type { DropReason, Failed, OutgoingRequest } from './answer.ts'
import type { Consumers } from './consumers.ts'
import { DeadLetterBox } from './dead-letter-box.ts'
import type { DestinationReport } from './destination-report.ts'
import { type BacklogOwner, DiskBacklog, type ReadBatch } from './disk-backlog.ts'
import type { DiskStatus } from './disk-metrics.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'
import type { QueueConfig } from './queue-config.ts'
import { QueueEntry } from './queue-entry.ts'
import { type QueueRoom, queueIsFull, sizeOf } from './queue-room.ts'
import { StoredQueue } from './stored-queue.ts'

/** The queue in memory, as its part on disk sees it. */
export interface MemoryPart {
  /** Taken and not finished, oldest first. */
  readonly held: ReadonlySet<QueueEntry>
  readonly room: QueueRoom
  readonly consumers: Consumers
  readonly report: DestinationReport
  sizeOf(batch: Batch): number
  /** Takes an entry that came from disk. */
  enter(entry: QueueEntry): void
  /** Ends an entry. */
  finish(entry: QueueEntry): void
}

/** What the memory part may hold before what comes goes to disk. */
export const memoryPartBytes = 8 * 2 ** 20
/** Batches for each consumer: so many may come in, and so many are read back ahead of need. */
const loadOfArrivals = 4
const loadOfReading = 2
/** Entries that are gathered into larger batches are not yet work for consumers. */
const maxEntries = 4096

/**
 * The disk behind a queue. What comes stays in memory while the destination keeps up, so that its
 * bytes are not written again; else it goes to disk, and its sender forgets it.
 */
export class DiskPart implements BacklogOwner {
  readonly #settings: Settings
  readonly #config: QueueConfig
  readonly #memory: MemoryPart
  readonly #backlog: DiskBacklog
  readonly #letters: DeadLetterBox
  readonly #storing = new Map<QueueEntry, Promise<boolean>>()
  #opening: Promise<void> | undefined
  #kept: KeptQueue | undefined
  #isOpen = false
  #isDraining = false

  constructor(
    config: QueueConfig,
    settings: Settings,
    storage: ComponentStorage,
    memory: MemoryPart,
  ) {
    this.#config = config
    this.#settings = settings
    this.#memory = memory
    this.#backlog = new DiskBacklog(settings, storage, this)
    this.#letters = new DeadLetterBox(settings, () => storage.deadLetters())
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Opens what is on disk, once; rejects with a sentence where that cannot be. */
  open(): Promise<void> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  /** Whether so many bytes have room, of which `asked` would go to disk. */
  fits(totalBytes: number, askedBytes: number): boolean {
    const { isSizeWritten, queue_size } = this.#config
    if (isSizeWritten && this.size() >= queue_size) return false
    const isSmall = !this.#backlog.waits && totalBytes <= memoryPartBytes
    return isSmall || this.#backlog.hasRoom(askedBytes)
  }

  /** Whether a batch that arrives stays in memory. */
  keepsInMemory(bytes: number): boolean {
    const { held, consumers } = this.#memory
    if (this.#backlog.waits || held.size >= maxEntries) return false
    return consumers.load < loadOfArrivals && this.#hasBytes(bytes)
  }

  /** Whether a batch that arrives would be the first to wait on disk. */
  wouldBegin(bytes: number): boolean {
    return this.#isOpen && bytes > 0 && !this.#backlog.waits && !this.keepsInMemory(bytes)
  }

  /** Puts a delivery on disk; resolves to why it could not be, else to nothing. */
  async spill(
    { batch }: Delivery,
    leases: readonly Lease[],
  ): Promise<Retryable | Permanent | undefined> {
    const appended = await this.#backlog.append(batch, this.#settings.scheduler.now())
    for (const lease of leases) lease.release()
    if (appended.kind !== 'appended') return refusalOf(appended)
    this.#memory.report.took(batch)
    return undefined
  }

  /**
   * Makes safe what is in memory alone, and tells its senders. Rejects when a power loss could take
   * what senders were told is safe.
   */
  async persist(): Promise<void> {
    if (!this.#isOpen) return
    this.compare()
    const held = [...this.#memory.held]
    await Promise.all(held.map((it) => this.#makeSafe(it)))
    await this.#backlog.sync()
    for (const entry of held) if (entry.sequence !== undefined) entry.settleTaken()
  }

  /** A request came to its end without being taken: it waits for the next start, or lies dead. */
  failed(outgoing: OutgoingBatch, request: OutgoingRequest, final: Failed): void {
    const { report } = this.#memory
    if (final.reason === 'shutdown') {
      outgoing.leave(request.items)
      return report.leftForLater(final.outcome)
    }
    this.#bury(outgoing, partOf(outgoing.batch, request), final)
    report.came(outgoing, request.items, final)
  }

  /** Sending ended with an exception. */
  broke(outgoing: OutgoingBatch, cause: unknown): void {
    const error = `sending failed unexpectedly: ${String(cause)}`
    this.#bury(outgoing, outgoing.batch, { reason: 'defect', error, attempts: 1 })
  }

  /** An entry of which nothing is left to be sent now. */
  async through(entry: QueueEntry): Promise<void> {
    if (entry.unaccounted > 0 && !(await this.#store(entry))) this.#memory.report.lost(entry)
    this.#memory.finish(entry)
  }

  /** Settles an entry that ends; what is finished is not needed on disk any more. */
  ended(entry: QueueEntry): void {
    if (entry.isThrough && entry.unaccounted === 0) {
      entry.settleTaken()
      void this.#acknowledge(entry)
    } else if (entry.sequence !== undefined) entry.settleTaken()
    else entry.settle(interrupted)
  }

  /** Reads no more and waits for nothing any more; safe at once, for a stop may be short. */
  beginDrain(): void {
    this.#isDraining = true
    this.#letters.stop()
    this.persist().catch(() => {})
  }

  /** Resolves once nothing is in flight, and everything on disk is safe. */
  async drained(): Promise<void> {
    await this.stop()
    while (this.#memory.held.size > 0) {
      await Promise.all([...this.#memory.held].map((it) => it.finished))
    }
    await Promise.all(this.#storing.values())
    await this.#backlog.sync().catch(() => {})
  }

  stop(): Promise<void> {
    this.#isDraining = true
    this.#letters.stop()
    return this.#backlog.stop()
  }

  readonly wake = (): void => {
    this.#backlog.wake()
  }

  /** In memory alone and on disk, in units of the queue's sizer. */
  size(): number {
    const log = this.#backlog.log?.status()
    const { sizer } = this.#config
    const onDisk = { requests: log?.heldRecords, items: log?.heldItems, bytes: log?.heldBytes }
    let size = onDisk[sizer] ?? 0
    for (const entry of this.#memory.held) {
      if (entry.sequence === undefined) size += sizeOf(entry.batch, sizer)
    }
    return size
  }

  /** When the oldest on disk was received. */
  get oldestMs(): number | undefined {
    return this.#backlog.log?.status().oldestMs
  }

  status(): DiskStatus {
    this.compare()
    const log = this.#backlog.log?.status()
    return {
      bytes: log?.bytes ?? 0,
      records: log?.heldRecords ?? 0,
      items: log?.heldItems ?? 0,
      damaged_records: log?.damagedRecords ?? 0,
      dead_letters: this.#letters.count,
    }
  }

  /** Looks whether the disk has lost something, or made room with it. */
  compare(): void {
    for (const entry of this.#memory.held) {
      const { sequence, batch } = entry
      if (sequence === undefined || this.#backlog.keeps(sequence, itemCount(batch))) continue
      entry.sequence = undefined
    }
    this.#backlog.compare()
  }

  /** For people; missing before it is open. */
  kept(): KeptQueue | undefined {
    return this.#kept
  }

  // What the backlog asks of its owner.

  wantsMore(): boolean {
    const { held, consumers } = this.#memory
    if (this.#isDraining || held.size >= maxEntries) return false
    return consumers.load < loadOfReading && this.#hasBytes(0)
  }

  take({ batch, sequence, receivedMs, leases }: ReadBatch): void {
    const { room, sizeOf, enter } = this.#memory
    const size = sizeOf(batch)
    const entry = new QueueEntry({ batch }, size, leases, receivedMs)
    entry.sequence = sequence
    room.occupy(size)
    enter(entry)
  }

  bury(record: LogRecord, cause: unknown): Promise<boolean> {
    return this.#letters.bury(record, cause)
  }

  recovered(items: number): void {
    this.#memory.report.recovered(items)
  }

  lost(reason: DropReason, items: number): void {
    this.#memory.report.lostOnDisk(reason, items)
  }

  onRoom(): void {
    // The log says so in the middle of its work.
    queueMicrotask(() => this.compare())
    this.#memory.room.announce()
  }

  async #open(): Promise<void> {
    const { id } = this.#settings
    try {
      await this.#letters.open()
      await this.#backlog.open()
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`exporters.${id}: the queue on disk cannot be opened: ${said}`, { cause })
    }
    this.#kept = this.#storedQueue()
    this.#isOpen = true
  }

  /** The one that all share, so that their changes come one after the other. */
  #storedQueue(): KeptQueue | undefined {
    const { letters } = this.#letters
    const queue = this.#backlog.log
    if (letters === undefined || queue === undefined) return undefined
    return new StoredQueue({
      queue,
      letters,
      append: (batch) => this.#replay(batch),
      sync: () => this.#backlog.sync(),
      forget: (record) => this.#forget(record),
    })
  }

  async #replay(batch: Batch): Promise<void> {
    const appended = await this.#backlog.append(batch, this.#settings.scheduler.now())
    if (appended.kind !== 'appended') throw new Error(refusalOf(appended).reason)
    this.#memory.report.took(batch)
  }

  #forget(record: ReadRecord): boolean {
    if (!this.#backlog.forget(record)) return false
    this.#memory.report.lostOnDisk('by_hand', record.items)
    return true
  }

  #hasBytes(bytes: number): boolean {
    const { held, room } = this.#memory
    return held.size === 0 || room.occupied + bytes <= memoryPartBytes
  }

  /** One whose sender has forgotten it, and for which the disk has no room again, may get lost. */
  async #makeSafe(entry: QueueEntry): Promise<void> {
    if ((await this.#store(entry)) || !entry.isSettled) return
    const items = entry.account(entry.unaccounted, queueIsFull)
    if (items > 0) this.lost('queue_full', items)
  }

  /** Whether the entry is on disk. */
  #store(entry: QueueEntry): Promise<boolean> {
    if (entry.sequence !== undefined) return Promise.resolve(true)
    const storing = this.#storing.get(entry) ?? this.#write(entry)
    this.#storing.set(entry, storing)
    return storing
  }

  async #write(entry: QueueEntry): Promise<boolean> {
    const appended = await this.#backlog.store(entry.batch, entry.takenAtMs)
    this.#storing.delete(entry)
    if (appended.kind !== 'appended') return false
    entry.sequence = appended.sequence
    return true
  }

  async #acknowledge(entry: QueueEntry): Promise<void> {
    await this.#storing.get(entry)
    const { sequence, batch } = entry
    if (sequence !== undefined) this.#backlog.acknowledge(sequence, itemCount(batch))
  }

  /** The entries stay until the letter is written; where it cannot be, they stay on disk. */
  #bury(
    outgoing: OutgoingBatch,
    batch: Batch,
    final: Failed | Parameters<DeadLetterBox['keep']>[1],
  ): void {
    const { entries } = outgoing
    const written = entries.map((it) => it.awaitLetter())
    const death = 'outcome' in final ? { ...final, error: final.outcome.reason } : final
    void this.#letters.keep(batch, death).then((isKept) => {
      for (const [at, entry] of entries.entries()) {
        if (isKept) written[at]?.()
        if (!isKept) this.#memory.finish(entry)
        else if (entry.isThrough) void this.through(entry)
      }
    })
  }
}

function partOf(batch: Batch, { part }: OutgoingRequest): Batch {
  return part === undefined || batch.kind === 'alerts' ? batch : { ...batch, payload: part }
}

type Refused = Exclude<Appended, { readonly kind: 'appended' }>

/** Why a record was not appended, in the words of a queue. */
function refusalOf({ kind, reason }: Refused): Retryable | Permanent {
  return kind === 'retryable' && reason === 'full' ? queueIsFull : { kind, reason }
}

const interrupted: Retryable = { kind: 'retryable', reason: 'interrupted due to shutdown' }
