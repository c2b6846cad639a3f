import type {
  Attributes,
  Counter,
  Histogram,
  Meter,
  ObservableGauge,
  UpDownCounter,
} from '@opentelemetry/api'
import type { PipelineKind } from '../../component/batch.ts'
import type { DropReason } from './answer.ts'

/** Items of a kind as otelcol's metric names call them, and their unit. */
const itemNames = {
  traces: { plural: 'spans', unit: '{span}' },
  metrics: { plural: 'metric_points', unit: '{datapoint}' },
  logs: { plural: 'log_records', unit: '{record}' },
  alerts: { plural: 'alerts', unit: '{alert}' },
} as const

/** What a destination's queue shows at the moment. */
export interface QueueReading {
  readonly kind: PipelineKind
  readonly size: number
  readonly capacity: number
}

/** A destination's counters and gauges, in otelcol's names where it has one. */
export class DestinationMetrics {
  readonly #exporter: string
  readonly #counters = new Map<PipelineKind, ReturnType<typeof itemCounters>>()
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
    for (const kind of kinds) this.#counters.set(kind, itemCounters(meter, kind))
    this.#inFlight = meter.createUpDownCounter('otelcol_exporter_in_flight_requests', {
      unit: '{request}',
      description: 'Requests that are being sent or wait for a retry.',
    })
    this.#batchSize = isBatching ? batchSizes(meter) : undefined
    observe(meter, exporter, read)
  }

  sent(kind: PipelineKind, items: number): void {
    const attributes = { exporter: this.#exporter, ...this.#attributes(kind) }
    this.#counters.get(kind)?.sent.add(items, attributes)
  }

  rejected(kind: PipelineKind, items: number): void {
    const attributes = { exporter: this.#exporter, ...this.#attributes(kind) }
    this.#counters.get(kind)?.rejected.add(items, attributes)
  }

  dropped(kind: PipelineKind, items: number, reason: DropReason): void {
    const attributes = { exporter: this.#exporter, ...this.#attributes(kind) }
    this.#counters.get(kind)?.sendFailed.add(items, attributes)
    this.#counters.get(kind)?.dropped.add(items, { exporter: this.#exporter, reason })
  }

  enqueueFailed(kind: PipelineKind, items: number): void {
    this.#counters.get(kind)?.enqueueFailed.add(items, { exporter: this.#exporter })
  }

  batchSent(kind: PipelineKind, items: number): void {
    this.#batchSize?.record(items, { exporter: this.#exporter, ...this.#attributes(kind) })
  }

  inFlight(kind: PipelineKind, change: 1 | -1): void {
    this.#inFlight.add(change, { exporter: this.#exporter, data_type: kind })
  }
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

function itemCounters(meter: Meter, kind: PipelineKind) {
  const { plural, unit } = itemNames[kind]
  const counter = (what: string, description: string): Counter =>
    meter.createCounter(`otelcol_exporter_${what}_${plural}`, { unit, description })
  return {
    sent: counter('sent', 'Items that the destination took.'),
    sendFailed: counter('send_failed', 'Items given up after they were taken.'),
    enqueueFailed: counter('enqueue_failed', 'Items of batches that found no room in the queue.'),
    rejected: counter('rejected', 'Items that the destination refused in a partial success.'),
    dropped: counter('dropped', 'Items given up after they were taken, by reason.'),
  }
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
