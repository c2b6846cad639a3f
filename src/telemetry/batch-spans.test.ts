import { createNoopMeter } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { type TelemetryBatch, telemetryBatch } from '../component/batch.ts'
import { decode } from '../pdata/payload.ts'
import type { Signal } from '../pdata/signal.ts'
import { smallGraph } from '../pipeline/small-graph.fixture.ts'
import { BatchSpans } from './batch-spans.ts'

/** Requests with two items that have no fields: spans, log records; and one data point. */
const bodies = {
  traces: [0x0a, 6, 0x12, 4, 0x12, 0, 0x12, 0],
  logs: [0x0a, 6, 0x12, 4, 0x12, 0, 0x12, 0],
  metrics: [0x0a, 8, 0x12, 6, 0x12, 4, 0x2a, 2, 0x0a, 0],
} as const satisfies Record<Signal, readonly number[]>

const batchOf = (signal: Signal) => telemetryBatch(decode(signal, Uint8Array.from(bodies[signal])))

async function traced(isOurs: (batch: TelemetryBatch) => boolean = () => false) {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor({ exporter })]
  const tracer = new TracerProvider({ spanProcessors }).getTracer('test')
  const graph = await smallGraph({
    meter: createNoopMeter(),
    tracing: new BatchSpans(tracer, isOurs),
  })
  const spans = () => {
    const finished = exporter.getFinishedSpans()
    exporter.reset()
    return finished
  }
  return { graph, spans }
}

test.each([
  ['traces', 'TraceDataReceived', 'spans', 2],
  ['logs', 'LogsReceived', 'log_records', 2],
  ['metrics', 'MetricsReceived', 'metric_points', 1],
] as const)('follows %s from the receiver to the exporter', async (signal, what, noun, count) => {
  const { graph, spans } = await traced()

  await graph.send(batchOf(signal))

  const [exporting, receiving] = spans()
  expect(receiving).toMatchObject({
    name: `receiver/hand/${what}`,
    attributes: {
      receiver: 'hand',
      [`accepted_${noun}`]: count,
      [`refused_${noun}`]: 0,
      [`failed_${noun}`]: 0,
    },
    status: { code: 0 },
  })
  expect(exporting).toMatchObject({
    name: `exporter/sink/${signal}`,
    attributes: { exporter: 'sink', data_type: signal, 'items.sent': count, 'items.failed': 0 },
    parentSpanContext: { spanId: receiving?.spanContext().spanId },
  })
})

test('what is refused is an error with its reason', async () => {
  const { graph, spans } = await traced()
  graph.answer({ kind: 'permanent', reason: 'no room in the attic' })

  await graph.send(batchOf('traces'))

  const [exporting, receiving] = spans()
  const status = { code: 2, message: 'no room in the attic' }
  expect(receiving).toMatchObject({
    status,
    attributes: { accepted_spans: 0, refused_spans: 2 },
  })
  expect(exporting).toMatchObject({ status, attributes: { 'items.sent': 0, 'items.failed': 2 } })
})

test('what is ours passes without a span', async () => {
  const { graph, spans } = await traced(() => true)

  expect(await graph.send(batchOf('traces'))).toEqual({ kind: 'delivered' })

  expect(graph.sunk).toHaveLength(1)
  expect(spans()).toEqual([])
})
