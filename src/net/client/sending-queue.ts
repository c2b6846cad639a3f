import {
  concat,
  defer,
  finalize,
  ignoreElements,
  merge,
  mergeMap,
  type Observable,
  tap,
} from 'rxjs'
import type { Batch, Lease } from '../../component/batch.ts'
import {
  type Delivery,
  delivered,
  type Permanent,
  type Retryable,
  type Slot,
} from '../../component/delivery.ts'
import type { Exporter } from '../../component/factory.ts'
import type { KeptQueue } from '../../component/kept-queue.ts'
import type { Settings } from '../../component/settings.ts'
import type { Final, OutgoingRequest } from './answer.ts'
import { Batcher } from './batcher.ts'
import { Consumers } from './consumers.ts'
import type { Destination } from './destination.ts'
import { DestinationReport } from './destination-report.ts'
import type { DiskStatus } from './disk-metrics.ts'
import { DiskPart, memoryPartBytes } from './disk-part.ts'
import { OutgoingBatch } from './outgoing-batch.ts'
import { Overflow } from './overflow.ts'
import type { QueueConfig } from './queue-config.ts'
import { QueueEntry } from './queue-entry.ts'
import { type Arrival, memoryIsFull, QueueRoom, queueIsFull, sizeOf } from './queue-room.ts'
import type { RetryPolicy, WrittenRetryPolicy } from './retry-config.ts'
import { Throttle } from './throttle.ts'

/** The two blocks that every exporter with a queue has. */
export interface SendingConfig {
  readonly sending_queue: QueueConfig
  /** Retries that are not said to end never do where requests are kept. */
  readonly retry_on_failure: RetryPolicy | WrittenRetryPolicy
}

/** Parallel requests where there is no queue, as many as undici would keep connections for. */
const consumersWithoutQueue = 100

/**
 * An exporter in front of a destination: batches wait in memory, and on disk where requests are
 * kept; they are merged where that is asked for, a bounded number of consumers sends and retries
 * them, and every item is accounted for. The kinds that share an exporter share its queue.
 */
export class SendingQueue implements Exporter {
  readonly #config: QueueConfig
  readonly #destination: Destination
  readonly #settings: Settings
  readonly #room: QueueRoom
  readonly #report: DestinationReport
  /** Taken and not finished, oldest first. */
  readonly #held = new Set<QueueEntry>()
  readonly #consumers: Consumers
  /** Stands before the consumers where batches are merged. */
  readonly #batcher: Batcher | undefined
  /** Stands behind the memory where requests are kept. */
  readonly #disk: DiskPart | undefined
  /** Used while `block_on_overflow` is set. */
  readonly #overflow = new Overflow()
  readonly #refused = new WeakSet<Batch>()
  #consumed = 0

  constructor(config: SendingConfig, destination: Destination, settings: Settings) {
    const { sending_queue } = config
    const { enabled, num_consumers, batch, wait_for_result } = sending_queue
    // Who waits for the result keeps the batch himself.
    const storage = enabled && !wait_for_result ? settings.storage : undefined
    const policy = policyOf(config.retry_on_failure, storage !== undefined)
    this.#config = sending_queue
    this.#destination = destination
    this.#settings = settings
    this.#room = storage
      ? new QueueRoom(memoryPartBytes, settings.memory, (...bytes) => this.#fitsOnDisk(...bytes))
      : new QueueRoom(enabled ? sending_queue.queue_size : Infinity, settings.memory)
    const throttle = new Throttle(settings.scheduler, policy.max_elapsed_time)
    this.#report = new DestinationReport(settings, destination, {
      hasQueue: enabled,
      isBatching: enabled && batch !== undefined,
      sizes: () => this.#sizes(),
      queue: () => this.#status(),
      isThrottled: () => throttle.isPaused,
      ...(storage && { disk: () => this.#diskStatus() }),
    })
    const retry = {
      policy,
      scheduler: settings.scheduler,
      random: settings.random,
      throttle,
      onWait: this.#report.retrying,
    }
    const count = enabled ? num_consumers : consumersWithoutQueue
    this.#consumers = new Consumers(count, destination, retry, {
      inFlight: (...change) => this.#report.inFlight(...change),
      came: (...request) => this.#came(...request),
      broke: (...defect) => this.#broke(...defect),
      done: (it) => this.#done(it),
    })
    const { add } = this.#consumers
    this.#batcher = enabled && batch ? new Batcher(batch, settings.scheduler, add) : undefined
    this.#disk =
      storage &&
      new DiskPart(sending_queue, settings, storage, {
        held: this.#held,
        room: this.#room,
        consumers: this.#consumers,
        report: this.#report,
        sizeOf: (it) => this.#sizeOf(it),
        enter: (it) => this.#enter(it),
        finish: (it) => this.#finish(it),
      })
    settings.signal.addEventListener('abort', () => this.#hasten(), { once: true })
  }

  consume(source: Observable<Delivery>): Observable<never> {
    return defer(() => {
      const mine = new Set<QueueEntry>()
      this.#consumed++
      const arrivals = source.pipe(
        tap({ complete: () => this.#completed() }),
        // The number of unfinished batches is bounded by the queue's capacity, that of blocked ones
        // by what receivers leave unsettled.
        mergeMap((delivery) => this.#arriveOnceOpen(delivery, mine), Number.POSITIVE_INFINITY),
        ignoreElements(),
      )
      return this.#withDisk(arrivals).pipe(finalize(() => this.#end(mine)))
    })
  }

  /** The disk is opened with the first source, and drained behind the last. */
  #withDisk(arrivals: Observable<never>): Observable<never> {
    const disk = this.#disk
    if (disk === undefined) return arrivals
    const opened = defer(() => disk.open()).pipe(ignoreElements())
    const drained = defer(() => this.#drained()).pipe(ignoreElements())
    return concat(merge(arrivals, opened), drained)
  }

  reserve(batch: Batch): Slot | Retryable {
    const size = this.#sizeOf(batch)
    if (size === 0 || size > this.#largest) return freeSlot
    const slot = this.#overflow.isEmpty ? this.#room.promise(batch, size) : queueIsFull
    return slot
  }

  refused(batch: Batch): void {
    this.#countRefusal(batch, queueIsFull)
  }

  onRoom(callback: () => void): () => void {
    return this.#room.onRoom(callback)
  }

  spills(batch: Batch): boolean {
    return this.#disk?.wouldBegin(this.#sizeOf(batch)) ?? false
  }

  async persist(): Promise<void> {
    await this.#disk?.persist()
  }

  kept(): KeptQueue | undefined {
    return this.#disk?.kept()
  }

  /** What arrives before the disk is open waits for it, in order. */
  async #arriveOnceOpen(delivery: Delivery, mine: Set<QueueEntry>): Promise<void> {
    if (this.#disk !== undefined && !this.#disk.isOpen) {
      const isOpen = await this.#disk.open().then(
        () => true,
        () => false,
      )
      // The stream has ended with the reason, and whoever subscribed to it answers.
      if (!isOpen) return
      if (this.#consumed === 0) return delivery.settle(interrupted)
    }
    return this.#arrive(delivery, mine)
  }

  /** Resolves when the delivery is refused, or taken and finished. */
  #arrive(delivery: Delivery, mine: Set<QueueEntry>): Promise<void> {
    const arrival = this.#room.redeem(delivery)
    const size = this.#sizeOf(delivery.batch)
    const finished = this.#accept(delivery, size, arrival, mine)
    // What was promised may have been larger than what came of it.
    if (arrival.isExpected) this.#offerRoom()
    return finished
  }

  #accept(
    delivery: Delivery,
    size: number,
    arrival: Arrival,
    mine: Set<QueueEntry>,
  ): Promise<void> {
    if (size === 0) return this.#letPass(delivery, arrival)
    const take = () => this.#take(delivery, size, arrival, mine)
    const hasRoom = this.#overflow.isEmpty && this.#room.fits(size)
    if (arrival.isExpected || hasRoom) return take()
    if (size > this.#largest) return this.#refuse(delivery, tooLarge)
    if (!this.#config.block_on_overflow) return this.#refuse(delivery, queueIsFull)
    return this.#overflow.wait(delivery, mine, () => (this.#room.fits(size) ? take() : undefined))
  }

  #take(delivery: Delivery, size: number, arrival: Arrival, mine: Set<QueueEntry>): Promise<void> {
    const leases = this.#room.leasesFor(delivery.batch, arrival)
    if (leases === undefined) return this.#refuse(delivery, memoryIsFull)
    if (this.#disk !== undefined && !this.#disk.keepsInMemory(size)) {
      return this.#spill(this.#disk, delivery, size, leases)
    }
    const entry = new QueueEntry(delivery, size, leases, this.#settings.scheduler.now())
    this.#room.occupy(size)
    mine.add(entry)
    this.#report.took(delivery.batch)
    if (this.#disk === undefined && !this.#isAwaited(delivery)) entry.settleTaken()
    this.#enter(entry)
    return entry.finished.then(() => void mine.delete(entry))
  }

  #isAwaited({ awaitsResult }: Delivery): boolean {
    const { enabled, wait_for_result } = this.#config
    return !enabled || wait_for_result || awaitsResult === true
  }

  #enter(entry: QueueEntry): void {
    this.#held.add(entry)
    this.#send(entry)
  }

  async #spill(
    disk: DiskPart,
    delivery: Delivery,
    size: number,
    leases: readonly Lease[],
  ): Promise<void> {
    this.#room.occupy(size)
    const refusal = await disk.spill(delivery, leases)
    this.#room.vacate(size)
    if (refusal !== undefined) await this.#refuse(delivery, refusal)
    else delivery.settle(delivered)
    this.#offerRoom()
  }

  #letPass({ settle }: Delivery, { leases }: Arrival): Promise<void> {
    for (const lease of leases) lease.release()
    settle(delivered)
    return Promise.resolve()
  }

  #refuse({ batch, settle }: Delivery, refusal: Retryable | Permanent): Promise<void> {
    this.#countRefusal(batch, refusal)
    settle(refusal)
    return Promise.resolve()
  }

  /** A batch for which the engine asks again and again is refused once. */
  #countRefusal(batch: Batch, { reason }: Retryable | Permanent): void {
    if (this.#refused.has(batch)) return
    this.#refused.add(batch)
    this.#report.refused(batch, reason)
  }

  #offerRoom(): void {
    if (this.#overflow.offer()) this.#room.announce()
  }

  /** Nothing is gathered any more once we are asked to drain. */
  #send(entry: QueueEntry): void {
    if (this.#batcher === undefined || this.#settings.signal.aborted) {
      this.#consumers.add(OutgoingBatch.of(entry))
    } else this.#batcher.add(entry)
  }

  #came(outgoing: OutgoingBatch, request: OutgoingRequest, final: Final): void {
    if (this.#disk !== undefined && final.kind === 'failed') {
      this.#disk.failed(outgoing, request, final)
    } else this.#report.came(outgoing, request.items, final)
  }

  #broke(outgoing: OutgoingBatch, cause: unknown): void {
    this.#disk?.broke(outgoing, cause)
    this.#report.broke(outgoing, cause)
  }

  /** A batch has come to its end, and with it the entries that were waiting for it alone. */
  #done(batch: OutgoingBatch): void {
    for (const entry of batch.entries) {
      if (!entry.isThrough) continue
      if (this.#disk === undefined) this.#finish(entry)
      else void this.#disk.through(entry)
    }
    this.#disk?.wake()
  }

  #finish(entry: QueueEntry): void {
    if (!this.#held.delete(entry)) return
    if (this.#disk === undefined) this.#report.lost(entry)
    else this.#disk.ended(entry)
    this.#room.vacate(entry.size)
    entry.finish()
    this.#offerRoom()
    this.#disk?.wake()
  }

  /** Sends what is gathered, and waits no more before retries. */
  #hasten(): void {
    this.#batcher?.flush()
    this.#consumers.hasten()
    this.#disk?.beginDrain()
  }

  /** A source has ended; with a disk nothing need be waited for. */
  #completed(): void {
    if (this.#disk === undefined || this.#consumed > 1) this.#batcher?.flush()
    else this.#hasten()
  }

  async #drained(): Promise<void> {
    if (this.#consumed === 1) await this.#disk?.drained()
  }

  /** Gives up what one consumer still has; on completion that is nothing. */
  #end(mine: Set<QueueEntry>): void {
    this.#overflow.giveBack(mine)
    this.#consumed--
    // What came from disk belongs to no consumer, and stays there.
    const all = this.#consumed === 0 && this.#disk !== undefined ? this.#held : mine
    const isCut = mine.size > 0 || all.size > 0
    for (const entry of [...all]) this.#finish(entry)
    if (mine.size > 0) this.#batcher?.flush()
    this.#consumers.forgetOver()
    if (this.#consumed > 0) return
    if (this.#disk !== undefined) this.#settings.closing(this.#disk.stop())
    this.#settings.closing(isCut ? this.#destination.destroy() : this.#destination.close())
  }

  /** In units of the room: those of the sizer, or bytes where there is a disk. */
  #sizeOf(batch: Batch): number {
    const unit = this.#disk === undefined ? this.#config.sizer : 'bytes'
    return this.#destination.wants(batch) ? sizeOf(batch, unit) : 0
  }

  get #largest(): number {
    return this.#disk === undefined ? this.#room.capacity : Number.POSITIVE_INFINITY
  }

  #fitsOnDisk(totalBytes: number, askedBytes: number): boolean {
    return this.#disk?.fits(totalBytes, askedBytes) ?? false
  }

  #sizes(): ReadonlyMap<string, number> {
    const sizes = new Map<string, number>()
    let inMemory = 0
    for (const { batch, sequence } of this.#held) {
      if (sequence !== undefined) continue
      const size = sizeOf(batch, this.#config.sizer)
      inMemory += size
      sizes.set(batch.kind, (sizes.get(batch.kind) ?? 0) + size)
    }
    if (this.#disk !== undefined) sizes.set(onDisk, this.#disk.size() - inMemory)
    return sizes
  }

  #status() {
    const { sizer, queue_size, enabled, isSizeWritten } = this.#config
    const [oldest] = this.#held
    const nowMs = this.#settings.scheduler.now()
    const isBounded = enabled && (this.#disk === undefined || isSizeWritten)
    const oldestMs = Math.min(oldest?.takenAtMs ?? nowMs, this.#disk?.oldestMs ?? nowMs)
    return {
      size: this.#disk?.size() ?? this.#room.occupied,
      capacity: isBounded ? queue_size : 0,
      sizer,
      in_flight: this.#consumers.inFlight,
      oldest_seconds: (nowMs - oldestMs) / 1000,
    }
  }

  #diskStatus(): DiskStatus {
    return this.#disk?.status() ?? nothing
  }
}

/** What stands for a kind where the disk does not tell. */
const onDisk = 'on_disk'

const nothing: DiskStatus = { bytes: 0, records: 0, items: 0, damaged_records: 0, dead_letters: 0 }

/** Nothing is given up for its age where it can wait on disk, unless that is asked for. */
function policyOf(policy: SendingConfig['retry_on_failure'], hasDisk: boolean): RetryPolicy {
  const isWritten = !('isElapsedWritten' in policy) || policy.isElapsedWritten
  return hasDisk && !isWritten ? { ...policy, max_elapsed_time: 0 } : policy
}

const interrupted: Retryable = { kind: 'retryable', reason: 'interrupted due to shutdown' }

/** Nothing is promised to a batch that could never be taken: it is refused for good on arrival. */
const freeSlot: Slot = { claim() {}, release() {} }

const tooLarge: Permanent = { kind: 'permanent', reason: 'element size too large' }
