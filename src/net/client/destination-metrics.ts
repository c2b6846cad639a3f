import type {
  Attributes,
  Counter,
  Histogram,
  Meter,
  ObservableGauge,
  UpDownCounter,
} from '@opentelemetry/api'
import type { PipelineKind } from '../../component/batch.ts'
import { itemCounter } from './item-books.ts'

/** What a destination's queue shows at the moment. */
export interface QueueReading {
  readonly kind: PipelineKind
  readonly size: number
  readonly capacity: number
}

/** What a destination's queue counts and shows, in otelcol's names where it has one. */
export class DestinationMetrics {
  readonly #exporter: string
  readonly #enqueueFailed = new Map<PipelineKind, Counter>()
  readonly #attributes: (kind: PipelineKind) => Attributes
  readonly #inFlight: UpDownCounter
  readonly #batchSize: Histogram | undefined

  /**
   * @param attributes what names the server of a kind, on what was sent
   * @param read asked whenever the gauges are collected
   * @param isBatching whether the sizes of batches are recorded
   */
  constructor(
    meter: Meter,
    exporter: string,
    kinds: readonly PipelineKind[],
    attributes: (kind: PipelineKind) => Attributes,
    read: () => readonly QueueReading[],
    isBatching: boolean,
  ) {
    this.#exporter = exporter
    this.#attributes = attributes
    for (const kind of kinds) this.#enqueueFailed.set(kind, refusals(meter, kind))
    this.#inFlight = meter.createUpDownCounter('otelcol_exporter_in_flight_requests', {
      unit: '{request}',
      description: 'Requests that are being sent or wait for a retry.',
    })
    this.#batchSize = isBatching ? batchSizes(meter) : undefined
    observe(meter, exporter, read)
  }

  enqueueFailed(kind: PipelineKind, items: number): void {
    this.#enqueueFailed.get(kind)?.add(items, { exporter: this.#exporter })
  }

  batchSent(kind: PipelineKind, items: number): void {
    this.#batchSize?.record(items, { exporter: this.#exporter, ...this.#attributes(kind) })
  }

  inFlight(kind: PipelineKind, change: 1 | -1): void {
    this.#inFlight.add(change, { exporter: this.#exporter, data_type: kind })
  }
}

function refusals(meter: Meter, kind: PipelineKind): Counter {
  return itemCounter(meter, kind, 'enqueue_failed', 'Items of batches that found no room.')
}

/** Boundaries as in otelcol, up to twice the usual size. */
const sizeBoundaries = [10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 4000, 8000, 10_000, 16_000]

function batchSizes(meter: Meter): Histogram {
  return meter.createHistogram('otelcol_exporter_queue_batch_send_size', {
    unit: '{unit}',
    description: 'Items of the batches that were sent.',
    advice: { explicitBucketBoundaries: sizeBoundaries },
  })
}

function observe(meter: Meter, exporter: string, read: () => readonly QueueReading[]): void {
  const gauge = (what: string, description: string): ObservableGauge =>
    meter.createObservableGauge(`otelcol_exporter_queue_${what}`, { unit: '{batch}', description })
  const size = gauge('size', 'What the queue holds, waiting and in flight, in units of its sizer.')
  const capacity = gauge('capacity', 'What the queue can hold, in units of its sizer.')
  meter.addBatchObservableCallback(
    (result) => {
      for (const { kind, ...it } of read()) {
        const attributes = { exporter, data_type: kind }
        result.observe(size, it.size, attributes)
        result.observe(capacity, it.capacity, attributes)
      }
    },
    [size, capacity],
  )
}
