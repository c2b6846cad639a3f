import {
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { type Batch, itemCount, type TelemetryBatch } from '../component/batch.ts'
import type { Outcome } from '../component/delivery.ts'
import { itemNames } from '../component/item-names.ts'
import type { Signal } from '../pdata/signal.ts'
import type { RequestTrace, Tracing } from '../pipeline/tracing.ts'

const received = {
  traces: 'TraceDataReceived',
  metrics: 'MetricsReceived',
  logs: 'LogsReceived',
} as const satisfies Record<Signal, string>

/** A request of our own telemetry, which must give no spans that would come back again. */
const ours = Symbol('ours')

/**
 * Spans about batches, in otelcol's names: one for each request of a receiver, and below it one for
 * each exporter that is handed the batch, until the exporter has settled it. An exporter with a
 * queue in memory settles once the queue has the batch.
 */
export class BatchSpans implements Tracing {
  readonly #tracer: Tracer
  readonly #isOurs: (batch: TelemetryBatch) => boolean
  /** Spans of requests that are not settled, by offset; bounded as those are. */
  readonly #requests = new Map<number, Span | typeof ours>()

  /** @param isOurs whether a batch holds spans of this collector */
  constructor(tracer: Tracer, isOurs: (batch: TelemetryBatch) => boolean) {
    this.#tracer = tracer
    this.#isOurs = isOurs
  }

  received(receiver: string, batch: TelemetryBatch): RequestTrace {
    const span = this.#isOurs(batch) ? ours : this.#start(receiver, batch.kind)
    const offsets: number[] = []
    return {
      committed: (offset) => {
        offsets.push(offset)
        this.#requests.set(offset, span)
      },
      settled: (outcome) => {
        for (const offset of offsets) this.#requests.delete(offset)
        if (span !== ours) endRequest(span, batch, outcome)
      },
    }
  }

  exporting(exporter: string, batch: Batch): ((outcome: Outcome) => void) | undefined {
    const requests = batch.origins.map(({ offset }) => this.#requests.get(offset))
    if (requests.length > 0 && requests.every((it) => it === ours)) return undefined
    const spans = requests.filter((it) => it !== undefined && it !== ours)
    const [parent] = spans
    const isOnly = spans.length === 1 && parent !== undefined
    const context = isOnly ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT
    const links = isOnly ? [] : spans.map((it): Link => ({ context: it.spanContext() }))
    const attributes = { exporter, data_type: batch.kind }
    const name = `exporter/${exporter}/${batch.kind}`
    const span = this.#tracer.startSpan(name, { attributes, links }, context)
    return (outcome) => {
      const isSent = outcome.kind === 'delivered'
      const count = itemCount(batch)
      span.setAttributes({ 'items.sent': isSent ? count : 0, 'items.failed': isSent ? 0 : count })
      end(span, outcome)
    }
  }

  #start(receiver: string, signal: Signal): Span {
    const attributes = { receiver }
    const name = `receiver/${receiver}/${received[signal]}`
    return this.#tracer.startSpan(name, { attributes }, ROOT_CONTEXT)
  }
}

function endRequest(span: Span, batch: TelemetryBatch, outcome: Outcome): void {
  const isAccepted = outcome.kind === 'delivered'
  const count = itemCount(batch)
  const noun = itemNames[batch.kind].plural
  span.setAttributes({
    [`accepted_${noun}`]: isAccepted ? count : 0,
    [`refused_${noun}`]: isAccepted ? 0 : count,
    [`failed_${noun}`]: 0,
  })
  end(span, outcome)
}

function end(span: Span, outcome: Outcome): void {
  if (outcome.kind !== 'delivered') {
    span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.reason })
  }
  span.end()
}
