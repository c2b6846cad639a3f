import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { context, SpanKind, SpanStatusCode, trace, ValueType } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/**
 * Records what the JavaScript SDK sends, in both encodings, as `<signal>.pb` and `<signal>.jsonl`
 * beside this file: `node test/corpus/record.ts`. The same telemetry goes to both exporters, so
 * the two files of a signal say the same.
 */
const server = createServer(async (request, response) => {
  await writeFile(fileFor(request), Buffer.concat(await request.toArray()))
  response.setHeader('content-type', request.headers['content-type'] ?? '')
  response.end(request.headers['content-type'] === 'application/json' ? '{}' : '')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' ? address?.port : undefined
const url = (signal: string) => `http://127.0.0.1:${port}/v1/${signal}`

await recordTraces()
await recordLogs()
await recordMetrics()
server.close()

function fileFor({ url: path, headers }: IncomingMessage): URL {
  const type = headers['content-type'] === 'application/json' ? 'jsonl' : 'pb'
  return new URL(`./${path?.split('/').at(-1)}.${type}`, import.meta.url)
}

async function recordTraces(): Promise<void> {
  const spanProcessors = [JsonTraces, ProtoTraces].map(
    (Exporter) => new BatchSpanProcessor({ exporter: new Exporter({ url: url('traces') }) }),
  )
  const provider = new TracerProvider({ spanProcessors })
  const tracer = provider.getTracer('support-bot', '1.0.0', { schemaUrl: 'https://example.org/1' })
  const agent = tracer.startSpan('invoke_agent support-bot', {
    kind: SpanKind.INTERNAL,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support-bot' },
  })
  const inAgent = trace.setSpan(context.active(), agent)
  const options = {
    kind: SpanKind.CLIENT,
    links: [{ context: agent.spanContext(), attributes: { reason: 'test' } }],
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.request.temperature': 0.7,
      'gen_ai.usage.input_tokens': 1203,
      'gen_ai.response.finish_reasons': ['stop', 'length'],
      grüße: 'täglich 🛰',
      streamed: true,
    },
  }
  const call = tracer.startSpan('chat gpt-5-mini', options, inAgent)
  call.addEvent('gen_ai.choice', { index: 0, message: '{"role":"assistant"}' })
  call.addEvent('exception', { 'exception.type': 'Error', 'exception.message': 'cut off' })
  call.setStatus({ code: SpanStatusCode.ERROR, message: 'cut off' })
  call.end()
  agent.setStatus({ code: SpanStatusCode.OK })
  agent.end()
  await provider.forceFlush()
  await provider.shutdown()
}

async function recordLogs(): Promise<void> {
  const processors = [JsonLogs, ProtoLogs].map(
    (Exporter) => new SimpleLogRecordProcessor({ exporter: new Exporter({ url: url('logs') }) }),
  )
  const provider = new LoggerProvider({ processors })
  provider.getLogger('support-bot', '1.0.0').emit({
    eventName: 'gen_ai.evaluation.result',
    severityNumber: 9,
    severityText: 'INFO',
    body: { verdict: 'pass', scores: [1, 0.5, null], raw: new Uint8Array([1, 2, 255]) },
    attributes: { 'gen_ai.evaluation.name': 'tool_use', nested: { deep: ['a', 2, false] } },
    timestamp: [1_790_000_000, 123_456_789],
  })
  await provider.forceFlush()
  await provider.shutdown()
}

async function recordMetrics(): Promise<void> {
  const readers = [JsonMetrics, ProtoMetrics].map(
    (Exporter) =>
      new PeriodicExportingMetricReader({
        exporter: new Exporter({ url: url('metrics') }),
        exportIntervalMillis: 3_600_000,
      }),
  )
  const provider = new MeterProvider({
    readers,
    views: [
      {
        instrumentName: 'exponential',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  })
  const meter = provider.getMeter('support-bot', '1.0.0')
  meter
    .createCounter('tokens', { unit: '{token}', valueType: ValueType.INT })
    .add(1203, { type: 'input' })
  meter.createUpDownCounter('open').add(-1.5)
  meter.createGauge('temperature', { unit: 'Cel' }).record(21.5)
  const duration = meter.createHistogram('gen_ai.client.operation.duration', { unit: 's' })
  const exponential = meter.createHistogram('exponential')
  for (const value of [0.1, 0, 3, 250]) {
    duration.record(value, { 'gen_ai.operation.name': 'chat' })
    exponential.record(value)
  }
  await provider.forceFlush()
  await provider.shutdown()
}
