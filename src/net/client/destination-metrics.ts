import type { Attributes, Counter, Meter, ObservableGauge, UpDownCounter } from '@opentelemetry/api'
import { type Batch, itemCount, type PipelineKind } from '../../component/batch.ts'
import type { Settings } from '../../component/settings.ts'
import { itemCounter } from './item-books.ts'
import { sizeHistograms } from './size-histograms.ts'

/** What a destination's queue shows at the moment. */
export interface QueueReading {
  /** A kind of pipelines, or `on_disk`. */
  readonly kind: string
  /** In units of `sizer`, as the capacity is. */
  readonly size: number
  /** Missing where only the disk bounds the queue. */
  readonly capacity?: number
  readonly sizer: string
}

/** What the metrics have to know about a queue. */
export interface MeasuredQueue {
  /** Whether the sizes of what it takes are recorded. */
  readonly hasQueue: boolean
  /** Whether the sizes of what is sent are recorded. */
  readonly isBatching: boolean
  /** What names the server of a kind, on what was sent. */
  attributes(kind: PipelineKind): Attributes
  /** Asked whenever the gauges are collected. */
  read(): readonly QueueReading[]
}

/** What a destination's queue counts and shows, in otelcol's names where it has one. */
export class DestinationMetrics {
  readonly #exporter: string
  readonly #queue: MeasuredQueue
  readonly #enqueueFailed = new Map<PipelineKind, Counter>()
  readonly #inFlight: UpDownCounter
  readonly #enqueueSizes: ReturnType<typeof sizeHistograms> | undefined
  readonly #sendSizes: ReturnType<typeof sizeHistograms> | undefined

  constructor(
    { id, meter, kinds }: Pick<Settings, 'id' | 'meter' | 'kinds'>,
    queue: MeasuredQueue,
  ) {
    this.#exporter = id
    this.#queue = queue
    for (const kind of kinds) this.#enqueueFailed.set(kind, refusals(meter, kind))
    this.#inFlight = meter.createUpDownCounter('otelcol_exporter_in_flight_requests', {
      unit: '{request}',
      description: 'Requests that are being sent or wait for a retry.',
    })
    const sizes = (name: string, what: string) =>
      sizeHistograms(meter, `otelcol_exporter_${name}`, what)
    const { hasQueue, isBatching } = queue
    this.#enqueueSizes = hasQueue ? sizes('enqueue_size', 'batches that were taken') : undefined
    this.#sendSizes = isBatching ? sizes('queue_batch_send_size', 'batches sent') : undefined
    observe(meter, id, () => queue.read())
  }

  enqueued(batch: Batch): void {
    this.#enqueueSizes?.(batch, { exporter: this.#exporter })
  }

  enqueueFailed(batch: Batch): void {
    this.#enqueueFailed.get(batch.kind)?.add(itemCount(batch), { exporter: this.#exporter })
  }

  /** A batch came into a consumer's hands. */
  begun(batch: Batch): void {
    this.#inFlight.add(1, { exporter: this.#exporter, data_type: batch.kind })
    this.#sendSizes?.(batch, { exporter: this.#exporter, ...this.#queue.attributes(batch.kind) })
  }

  /** It left them. */
  ended(batch: Batch): void {
    this.#inFlight.add(-1, { exporter: this.#exporter, data_type: batch.kind })
  }
}

function refusals(meter: Meter, kind: PipelineKind): Counter {
  return itemCounter(meter, kind, 'enqueue_failed', 'Items of batches that found no room.')
}

function observe(meter: Meter, exporter: string, read: () => readonly QueueReading[]): void {
  const gauge = (what: string, description: string): ObservableGauge =>
    meter.createObservableGauge(`otelcol_exporter_queue_${what}`, { unit: '{batch}', description })
  const size = gauge('size', 'What the queue holds, waiting and in flight, in units of its sizer.')
  const capacity = gauge('capacity', 'What the queue can hold, in units of its sizer.')
  meter.addBatchObservableCallback(
    (result) => {
      for (const { kind, sizer, ...it } of read()) {
        const attributes = { exporter, data_type: kind, sizer }
        result.observe(size, it.size, attributes)
        if (it.capacity !== undefined) result.observe(capacity, it.capacity, attributes)
      }
    },
    [size, capacity],
  )
}
