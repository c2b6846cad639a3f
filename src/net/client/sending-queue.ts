import { defer, finalize, ignoreElements, mergeMap, type Observable, tap } from 'rxjs'
import type { Batch, PipelineKind } from '../../component/batch.ts'
import {
  type Delivery,
  delivered,
  type Permanent,
  type Retryable,
  type Slot,
} from '../../component/delivery.ts'
import type { Exporter } from '../../component/factory.ts'
import type { Settings } from '../../component/settings.ts'
import { Batcher } from './batcher.ts'
import { Consumers } from './consumers.ts'
import type { Destination } from './destination.ts'
import { DestinationReport } from './destination-report.ts'
import { OutgoingBatch } from './outgoing-batch.ts'
import { Overflow } from './overflow.ts'
import type { QueueConfig } from './queue-config.ts'
import { QueueEntry } from './queue-entry.ts'
import { type Arrival, memoryIsFull, QueueRoom, queueIsFull, sizeOf } from './queue-room.ts'
import type { RetryPolicy } from './retry-config.ts'
import { Throttle } from './throttle.ts'

/** The two blocks that every exporter with a queue has. */
export interface SendingConfig {
  readonly sending_queue: QueueConfig
  readonly retry_on_failure: RetryPolicy
}

/** Parallel requests where there is no queue, as many as undici would keep connections for. */
const consumersWithoutQueue = 100

/**
 * An exporter in front of a destination: batches wait in memory, are merged where that is asked
 * for, a bounded number of consumers sends and retries them, and every item is accounted for. The
 * kinds that share an exporter share its queue.
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
  /** Used while `block_on_overflow` is set. */
  readonly #overflow = new Overflow()
  readonly #refused = new WeakSet<Batch>()
  #consumed = 0

  constructor(config: SendingConfig, destination: Destination, settings: Settings) {
    const { sending_queue, retry_on_failure } = config
    this.#config = sending_queue
    this.#destination = destination
    this.#settings = settings
    const capacity = sending_queue.enabled ? sending_queue.queue_size : Number.POSITIVE_INFINITY
    this.#room = new QueueRoom(capacity, settings.memory)
    const throttle = new Throttle(settings.scheduler, retry_on_failure.max_elapsed_time)
    this.#report = new DestinationReport(settings, destination, {
      hasQueue: sending_queue.enabled,
      isBatching: sending_queue.enabled && sending_queue.batch !== undefined,
      sizes: () => this.#sizes(),
      queue: () => this.#status(),
      isThrottled: () => throttle.isPaused,
    })
    const retry = {
      policy: retry_on_failure,
      scheduler: settings.scheduler,
      random: settings.random,
      throttle,
      onWait: this.#report.retrying,
    }
    const { enabled, num_consumers, batch } = sending_queue
    const count = enabled ? num_consumers : consumersWithoutQueue
    this.#consumers = new Consumers(count, destination, retry, this.#report, this.#done)
    const { add } = this.#consumers
    this.#batcher = enabled && batch ? new Batcher(batch, settings.scheduler, add) : undefined
    settings.signal.addEventListener('abort', () => this.#hasten(), { once: true })
  }

  consume(source: Observable<Delivery>): Observable<never> {
    return defer(() => {
      const mine = new Set<QueueEntry>()
      this.#consumed++
      return source.pipe(
        tap({ complete: () => this.#batcher?.flush() }),
        // The number of unfinished batches is bounded by the queue's capacity, that of blocked ones
        // by what receivers leave unsettled.
        mergeMap((delivery) => this.#arrive(delivery, mine), Number.POSITIVE_INFINITY),
        ignoreElements(),
        finalize(() => this.#end(mine)),
      )
    })
  }

  reserve(batch: Batch): Slot | Retryable {
    const size = this.#sizeOf(batch)
    if (size === 0 || size > this.#room.capacity) return freeSlot
    const slot = this.#overflow.isEmpty ? this.#room.promise(batch, size) : queueIsFull
    return slot
  }

  refused(batch: Batch): void {
    this.#countRefusal(batch, queueIsFull)
  }

  onRoom(callback: () => void): () => void {
    return this.#room.onRoom(callback)
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
    if (size > this.#room.capacity) return this.#refuse(delivery, tooLarge)
    if (!this.#config.block_on_overflow) return this.#refuse(delivery, queueIsFull)
    return this.#overflow.wait(delivery, mine, () => (this.#room.fits(size) ? take() : undefined))
  }

  #take(delivery: Delivery, size: number, arrival: Arrival, mine: Set<QueueEntry>): Promise<void> {
    const leases = this.#room.leasesFor(delivery.batch, arrival)
    if (leases === undefined) return this.#refuse(delivery, memoryIsFull)
    const entry = new QueueEntry(delivery, size, leases, this.#settings.scheduler.now())
    this.#room.occupy(size)
    this.#held.add(entry)
    mine.add(entry)
    this.#report.took(delivery.batch)
    if (this.#config.enabled && !this.#config.wait_for_result) entry.settleTaken()
    this.#send(entry)
    return entry.finished.then(() => void mine.delete(entry))
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

  /** A batch has come to its end, and with it the entries that were waiting for it alone. */
  readonly #done = (batch: OutgoingBatch): void => {
    for (const entry of batch.entries) if (entry.unaccounted === 0) this.#finish(entry)
  }

  #finish(entry: QueueEntry): void {
    if (!this.#held.delete(entry)) return
    this.#report.lost(entry)
    this.#room.vacate(entry.size)
    entry.finish()
    this.#offerRoom()
  }

  /** Sends what is gathered, and waits no more before retries. */
  #hasten(): void {
    this.#batcher?.flush()
    this.#consumers.hasten()
  }

  /** Gives up what one consumer still has; on completion that is nothing. */
  #end(mine: Set<QueueEntry>): void {
    this.#overflow.giveBack(mine)
    for (const entry of mine) this.#finish(entry)
    if (mine.size > 0) this.#batcher?.flush()
    this.#consumers.forgetOver()
    this.#consumed--
    if (this.#consumed > 0) return
    this.#settings.closing(mine.size > 0 ? this.#destination.destroy() : this.#destination.close())
  }

  #sizeOf(batch: Batch): number {
    return this.#destination.wants(batch) ? sizeOf(batch, this.#config.sizer) : 0
  }

  #sizes(): ReadonlyMap<PipelineKind, number> {
    const sizes = new Map<PipelineKind, number>()
    for (const { batch, size } of this.#held) {
      sizes.set(batch.kind, (sizes.get(batch.kind) ?? 0) + size)
    }
    return sizes
  }

  #status() {
    const [oldest] = this.#held
    const ageMs = oldest ? this.#settings.scheduler.now() - oldest.takenAtMs : 0
    return {
      size: this.#room.occupied,
      capacity: this.#config.enabled ? this.#config.queue_size : 0,
      sizer: this.#config.sizer,
      in_flight: this.#consumers.inFlight,
      oldest_seconds: ageMs / 1000,
    }
  }
}

/** Nothing is promised to a batch that could never be taken: it is refused for good on arrival. */
const freeSlot: Slot = { claim() {}, release() {} }

const tooLarge: Permanent = { kind: 'permanent', reason: 'element size too large' }
