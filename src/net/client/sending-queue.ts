import { defer, finalize, ignoreElements, mergeMap, type Observable } from 'rxjs'
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
import type { Destination } from './destination.ts'
import { DestinationReport } from './destination-report.ts'
import { Overflow } from './overflow.ts'
import type { QueueConfig } from './queue-config.ts'
import { QueueEntry } from './queue-entry.ts'
import { type Arrival, memoryIsFull, QueueRoom, queueIsFull, sizeOf } from './queue-room.ts'
import { type RetryContext, sendUntilFinal } from './retry.ts'
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
 * An exporter in front of a destination: batches wait in memory, a bounded number of workers sends
 * and retries them, and every item is accounted for. The kinds that share an exporter share its
 * queue.
 */
export class SendingQueue implements Exporter {
  readonly #config: QueueConfig
  readonly #destination: Destination
  readonly #settings: Settings
  readonly #room: QueueRoom
  readonly #report: DestinationReport
  readonly #retry: RetryContext
  /** Taken and not finished, oldest first. */
  readonly #held = new Set<QueueEntry>()
  /** Taken and not yet in a worker's hands, oldest first. */
  readonly #waiting = new Set<QueueEntry>()
  /** Used while `block_on_overflow` is set. */
  readonly #overflow = new Overflow()
  readonly #refused = new WeakSet<Batch>()
  #inFlight = 0
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
      sizes: () => this.#sizes(),
      queue: () => this.#status(),
      isThrottled: () => throttle.isPaused,
    })
    this.#retry = {
      policy: retry_on_failure,
      scheduler: settings.scheduler,
      random: settings.random,
      throttle,
      onWait: this.#report.retrying,
    }
    settings.signal.addEventListener('abort', () => this.#hasten(), { once: true })
  }

  consume(source: Observable<Delivery>): Observable<never> {
    return defer(() => {
      const mine = new Set<QueueEntry>()
      this.#consumed++
      return source.pipe(
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
    if ('kind' in slot) this.#countRefusal(batch, slot)
    return slot
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
    this.#waiting.add(entry)
    mine.add(entry)
    this.#report.took(delivery.batch)
    if (this.#settings.signal.aborted) entry.hasten()
    if (this.#config.enabled && !this.#config.wait_for_result) entry.settleTaken()
    this.#pump()
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

  #pump(): void {
    const { enabled, num_consumers } = this.#config
    const consumers = enabled ? num_consumers : consumersWithoutQueue
    for (const entry of this.#waiting) {
      if (this.#inFlight >= consumers) return
      this.#waiting.delete(entry)
      void this.#work(entry)
    }
  }

  async #work(entry: QueueEntry): Promise<void> {
    this.#inFlight++
    this.#report.inFlight(entry.batch.kind, 1)
    try {
      for (const request of this.#destination.requests(entry.batch)) {
        const final = await sendUntilFinal(request, entry, this.#retry)
        this.#report.came(entry, request.items, final)
      }
      if (entry.unaccounted > 0) throw new Error('the requests carry fewer items than the batch')
    } catch (cause) {
      this.#report.broke(entry, cause)
    }
    this.#inFlight--
    this.#report.inFlight(entry.batch.kind, -1)
    this.#finish(entry)
    this.#pump()
  }

  #finish(entry: QueueEntry): void {
    if (!this.#held.delete(entry)) return
    this.#waiting.delete(entry)
    this.#report.lost(entry)
    this.#room.vacate(entry.size)
    entry.finish()
    this.#offerRoom()
  }

  /** Ends retry waits: what is held gets one more try without waiting. */
  #hasten(): void {
    for (const entry of this.#held) entry.hasten()
  }

  /** Gives up what one consumer still has; on completion that is nothing. */
  #end(mine: Set<QueueEntry>): void {
    this.#overflow.giveBack(mine)
    for (const entry of mine) this.#finish(entry)
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
      in_flight: this.#inFlight,
      oldest_seconds: ageMs / 1000,
    }
  }
}

/** Nothing is promised to a batch that could never be taken: it is refused for good on arrival. */
const freeSlot: Slot = { claim() {}, release() {} }

const tooLarge: Permanent = { kind: 'permanent', reason: 'element size too large' }
