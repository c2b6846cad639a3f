import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  LoggerProvider,
  type LogRecordExporter,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterEach, expect, test, vi } from 'vitest'
import { type Delivery, delivered, type Outcome } from '../../src/component/delivery.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { encode } from '../../src/pdata/payload.ts'
import { runReceiver } from './testing/running-receiver.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test.each([
  ['JSON', JsonTraces, 'none'],
  ['JSON, gzip', JsonTraces, 'gzip'],
  ['protobuf', ProtobufTraces, 'none'],
  ['protobuf, gzip', ProtobufTraces, 'gzip'],
  ['gRPC', GrpcTraces, 'none'],
  ['gRPC, gzip', GrpcTraces, 'gzip'],
])('spans of the JavaScript SDK arrive as %s', async (_, Exporter, compression) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression)
  using receiver = await runReceiver({ grpc: {} })
  await exportSpans(new Exporter({ url: urlFor(Exporter === GrpcTraces, receiver, 'traces') }), 100)
  expect(itemsOf(receiver.deliveries.all)).toBe(100)
  expect(textOf(receiver.deliveries.all)).toContain('chat gpt-5')
})

test.each([
  ['JSON', JsonLogs],
  ['protobuf', ProtobufLogs],
  ['gRPC', GrpcLogs],
])('log records of the JavaScript SDK arrive as %s', async (_, Exporter) => {
  using receiver = await runReceiver({ grpc: {} })
  const url = urlFor(Exporter === GrpcLogs, receiver, 'logs')
  const exporter: LogRecordExporter = new Exporter({ url })
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
  provider.getLogger('agent').emit({ body: 'a tool was called' })
  await provider.shutdown()
  expect(itemsOf(receiver.deliveries.all)).toBe(1)
  expect(textOf(receiver.deliveries.all)).toContain('a tool was called')
})

test.each([
  ['JSON', JsonMetrics],
  ['protobuf', ProtobufMetrics],
  ['gRPC', GrpcMetrics],
])('metrics of the JavaScript SDK arrive as %s', async (_, Exporter) => {
  using receiver = await runReceiver({ grpc: {} })
  const url = urlFor(Exporter === GrpcMetrics, receiver, 'metrics')
  const exporter: PushMetricExporter = new Exporter({ url })
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  provider.getMeter('agent').createCounter('agent.runs').add(3)
  provider.getMeter('agent').createHistogram('agent.duration').record(1.5)
  await provider.shutdown()
  expect(itemsOf(receiver.deliveries.all)).toBe(2)
  expect(textOf(receiver.deliveries.all)).toContain('agent.duration')
})

test('an SDK that is refused with a hint comes again, and loses nothing', async () => {
  const outcomes: Outcome[] = [{ kind: 'retryable', reason: 'full' }]
  using receiver = await runReceiver({ respond: () => outcomes.shift() ?? delivered })
  await exportSpans(new ProtobufTraces({ url: `${receiver.url}/v1/traces` }), 10)
  expect(receiver.status()).toMatchObject({ requests: { retryable: 1, delivered: 1 } })
  expect(await receiver.counters()).toMatchObject({
    otelcol_receiver_accepted_spans: 10,
    otelcol_receiver_refused_spans: 10,
  })
})

test('a gRPC exporter, which never retries, loses nothing while room comes within the wait', async () => {
  const scheduler = new VirtualScheduler()
  using receiver = await runReceiver({
    grpc: {},
    memoryBytes: 400_000,
    respond: () => undefined,
    settings: { scheduler },
  })
  const provider = new TracerProvider({
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new GrpcTraces({ url: `http://${receiver.grpc}` }) }),
    ],
  })
  for (let i = 0; i < 1500; i++) {
    provider
      .getTracer('agent')
      .startSpan('chat', { attributes: { text: 'x'.repeat(500) } })
      .end()
  }
  const done = provider.shutdown()
  while (scheduler.pending === 0) await new Promise((resolve) => setImmediate(resolve))
  for (let i = 0; i < 3; i++) (await receiver.deliveries.next()).settle(delivered)
  await done
  expect(itemsOf(receiver.deliveries.all)).toBe(1500)
  expect(receiver.status()).toMatchObject({ requests: { delivered: 3, rejected: {} } })
})

function urlFor(isGrpc: boolean, { url, grpc }: { url: string; grpc: string }, path: string) {
  return isGrpc ? `http://${grpc}` : `${url}/v1/${path}`
}

async function exportSpans(exporter: SpanExporter, count: number): Promise<void> {
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('agent')
  for (let i = 0; i < count; i++) {
    tracer.startSpan('chat gpt-5', { attributes: { 'gen_ai.usage.input_tokens': i } }).end()
  }
  await provider.shutdown()
}

function itemsOf(deliveries: readonly Delivery[]): number {
  let sum = 0
  for (const { batch } of deliveries) sum += batch.kind === 'alerts' ? 0 : batch.payload.itemCount
  return sum
}

function textOf(deliveries: readonly Delivery[]): string {
  const bytes = deliveries.map(({ batch }) =>
    batch.kind === 'alerts' ? new Uint8Array() : encode(batch.payload),
  )
  return Buffer.concat(bytes).toString('latin1')
}
