import { type Batch, itemCount, type PipelineKind } from '../../component/batch.ts'
import { delivered, type Permanent, type Retryable } from '../../component/delivery.ts'
import type { Settings } from '../../component/settings.ts'
import type { DropReason, Final } from './answer.ts'
import type { Destination } from './destination.ts'
import { DestinationMetrics } from './destination-metrics.ts'
import { DiskMetrics, type DiskStatus } from './disk-metrics.ts'
import { ItemBooks } from './item-books.ts'
import { LogLimit } from './log-limit.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'
import type { QueueEntry } from './queue-entry.ts'

/** What a queue says about itself in the status document. */
export interface QueueStatus {
  /** Waiting and in flight together, in units of `sizer`. */
  readonly size: number
  /** 0 where there is no queue. */
  readonly capacity: number
  readonly sizer: string
  readonly in_flight: number
  readonly oldest_seconds: number
}

/** What the report asks the queue for when somebody looks. */
export interface QueueView {
  /** Without a queue a failed batch goes back to its sender. */
  readonly hasQueue: boolean
  /** Whether the sizes of what is sent are worth a histogram. */
  readonly isBatching: boolean
  /** By kind, and `on_disk` for what nobody knows the kinds of. */
  sizes(): ReadonlyMap<string, number>
  queue(): QueueStatus
  isThrottled(): boolean
  /** What lies on disk; missing where nothing does. */
  readonly disk?: () => DiskStatus
}

/** Tells what became of batches: in the ledger, in metrics, in the status document and in logs. */
export class DestinationReport {
  readonly #settings: Settings
  readonly #books: ItemBooks
  readonly #metrics: DestinationMetrics
  readonly #disk: DiskMetrics | undefined
  readonly #log: LogLimit
  readonly #view: QueueView
  #enqueueFailed = 0
  #lastError: string | null = null
  #state: 'ok' | 'retrying' | 'failing' = 'ok'

  constructor(settings: Settings, destination: Destination, view: QueueView) {
    this.#settings = settings
    this.#view = view
    this.#log = new LogLimit(settings.log, settings.scheduler)
    const attributes = (kind: PipelineKind) => destination.attributes(kind)
    this.#books = new ItemBooks(settings, attributes)
    this.#metrics = new DestinationMetrics(settings, {
      hasQueue: view.hasQueue,
      isBatching: view.isBatching,
      attributes,
      read: () => {
        const sizes = view.sizes()
        const { capacity, sizer } = view.queue()
        const kinds = new Set([...settings.kinds, ...sizes.keys()])
        const bounds = view.disk && capacity === 0 ? {} : { capacity }
        return [...kinds].map((kind) => ({ kind, size: sizes.get(kind) ?? 0, sizer, ...bounds }))
      },
    })
    const { disk } = view
    this.#disk = disk && new DiskMetrics(settings, () => ({ ...disk(), ...view.queue() }))
    settings.status(() => ({
      queue: {
        ...(disk && { disk: disk() }),
        ...view.queue(),
        enqueue_failed: this.#enqueueFailed,
      },
      ledger: this.#books.ledger(),
      last_error: this.#lastError,
      state: this.#stateNow(),
    }))
  }

  took(batch: Batch): void {
    this.#books.take(itemCount(batch))
    this.#metrics.enqueued(batch)
  }

  /** What was left from before the start is in the queue again. */
  recovered(items: number): void {
    this.#books.take(items)
  }

  /** Items are no more where they lay. */
  lostOnDisk(reason: DropReason, items: number): void {
    this.#books.lose(items, reason)
    this.#disk?.dropped(reason, items)
    const fields = { dropped_items: items, reason }
    if (reason === 'by_hand') this.#log.say('warn', fields, 'Data was dropped by hand.')
    else this.#log.say('error', fields, 'The queue on disk has lost data.')
  }

  /** A request was broken off, and is sent after the next start. */
  leftForLater({ reason }: Retryable | Permanent): void {
    this.#lastError = reason
  }

  refused(batch: Batch, error: string): void {
    const items = itemCount(batch)
    this.#enqueueFailed += items
    this.#metrics.enqueueFailed(batch)
    this.#log.say('error', { error, rejected_items: items }, 'Exporting failed. Rejecting data.')
  }

  /** A batch came into a consumer's hands, or left them. */
  inFlight(batch: Batch, change: 1 | -1): void {
    if (change === 1) this.#metrics.begun(batch)
    else this.#metrics.ended(batch)
  }

  readonly retrying = (error: string, delayMs: number): void => {
    this.#state = 'retrying'
    this.#lastError = error
    const fields = { error, interval: `${(delayMs / 1000).toFixed(3)}s` }
    this.#log.say('info', fields, 'Exporting failed. Will retry the request after interval.')
  }

  /** A request with items of a batch has come to its end. */
  came(outgoing: OutgoingBatch, requestItems: number, final: Final): void {
    const { kind } = outgoing.batch
    if (final.kind === 'failed') {
      const { reason, outcome } = final
      this.#drop(kind, outgoing.account(requestItems, outcome), reason, outcome)
      return
    }
    const items = outgoing.account(requestItems, delivered)
    const rejected = Math.max(0, Math.min(items, final.rejected))
    this.#state = 'ok'
    this.#books.deliver(kind, items - rejected)
    if (rejected > 0) this.#books.reject(kind, rejected)
  }

  /** Sending ended with an exception: a defect of ours, told with its cause. */
  broke(outgoing: OutgoingBatch, cause: unknown): void {
    this.#settings.log.error({ err: cause }, 'Sending a batch failed unexpectedly.')
    const reason = `sending failed unexpectedly: ${String(cause)}`
    const outcome: Permanent = { kind: 'permanent', reason }
    const items = outgoing.account(outgoing.unaccounted, outcome)
    this.#drop(outgoing.batch.kind, items, 'defect', outcome)
  }

  /** What is still open when an entry ends was given up with the exporter. */
  lost(entry: QueueEntry): void {
    if (entry.unaccounted === 0) return
    const items = entry.account(entry.unaccounted, interrupted)
    this.#drop(entry.batch.kind, items, 'shutdown', interrupted)
  }

  #drop(
    kind: PipelineKind,
    items: number,
    reason: DropReason,
    outcome: Retryable | Permanent,
  ): void {
    if (items === 0) return
    const { reason: error } = outcome
    this.#state = 'failing'
    this.#lastError = error
    this.#books.drop(kind, items, reason, outcome)
    const hints = reason === 'retry_disabled' ? [tryRetry] : []
    if (this.#disk !== undefined) {
      this.#disk.dropped(reason, items)
      const fields = { error: told(error, hints), dropped_items: items, reason }
      this.#log.say('error', fields, 'Exporting failed. Keeping data as a dead letter.')
    } else if (this.#view.hasQueue) {
      const fields = { error: told(error, hints), dropped_items: items, reason }
      this.#log.say('error', fields, 'Exporting failed. Dropping data.')
    } else {
      const fields = { error: told(error, [...hints, tryQueue]), rejected_items: items, reason }
      this.#log.say('error', fields, 'Exporting failed. Rejecting data.')
    }
  }

  #stateNow(): string {
    if (this.#settings.signal.aborted) return 'draining'
    return this.#view.isThrottled() ? 'throttled' : this.#state
  }
}

const interrupted: Retryable = { kind: 'retryable', reason: 'interrupted due to shutdown' }
const tryRetry = 'Try enabling retry_on_failure config option to retry on retryable errors'
const tryQueue = 'Try enabling sending_queue to survive temporary failures'

/** An error, and sentences that say what would help. */
function told(error: string, hints: readonly string[]): string {
  return hints.length === 0 ? error : `${[error, ...hints].join('. ')}.`
}
