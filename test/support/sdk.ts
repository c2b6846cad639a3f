import { context, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPLogExporter as LogsJson } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as MetricsJson } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as TracesJson } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Signal } from '../../src/pdata/signal.ts'

export type Encoding = 'json' | 'proto'

/** How a real SDK is set up to send. */
export interface SdkOptions {
  /** Base URL; the signal's path is appended. */
  readonly url: string
  readonly encoding: Encoding
  readonly gzip: boolean
}

/** Records something of every shape with the JavaScript SDK, and sends it through its exporter. */
export async function sendWithSdk(signal: Signal, options: SdkOptions): Promise<void> {
  if (signal === 'traces') return sendTraces(options)
  return signal === 'logs' ? sendLogs(options) : sendMetrics(options)
}

async function sendTraces({ url, encoding, gzip }: SdkOptions): Promise<void> {
  const Exporter = encoding === 'json' ? TracesJson : TracesProto
  const exporter = new Exporter({ url: `${url}/v1/traces`, ...compressed(gzip) })
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('sdk-test', '1.2.3', { schemaUrl: 'https://example.com/1' })
  const root = tracer.startSpan('invoke_agent support-bot', {
    kind: SpanKind.INTERNAL,
    attributes: { 'gen_ai.agent.name': 'support-bot', whole: 42, part: 0.5, yes: true },
  })
  const child = tracer.startSpan(
    'chat gpt-5',
    {
      kind: SpanKind.CLIENT,
      attributes: { list: ['a', 'b'], numbers: [1, 2], grüße: 'schöne' },
      links: [{ context: root.spanContext(), attributes: { why: 'parent' } }],
    },
    trace.setSpan(context.active(), root),
  )
  child.addEvent('retry', { attempt: 2 })
  child.recordException(new Error('boom'))
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'boom' })
  child.end()
  root.end()
  await provider.forceFlush()
  await provider.shutdown()
}

async function sendLogs({ url, encoding, gzip }: SdkOptions): Promise<void> {
  const Exporter = encoding === 'json' ? LogsJson : LogsProto
  const exporter = new Exporter({ url: `${url}/v1/logs`, ...compressed(gzip) })
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] })
  const spanContext = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: TraceFlags.SAMPLED,
  }
  provider.getLogger('sdk-test').emit({
    eventName: 'gen_ai.evaluation.result',
    severityNumber: 9,
    severityText: 'INFO',
    body: { text: 'hello', nested: { n: 1.5, list: [true, 'x'] } },
    attributes: { score: 0.9, label: 'good' },
    context: trace.setSpanContext(context.active(), spanContext),
  })
  await provider.forceFlush()
  await provider.shutdown()
}

async function sendMetrics({ url, encoding, gzip }: SdkOptions): Promise<void> {
  const Exporter = encoding === 'json' ? MetricsJson : MetricsProto
  const exporter = new Exporter({ url: `${url}/v1/metrics`, ...compressed(gzip) })
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const meter = provider.getMeter('sdk-test')
  meter.createCounter('tokens', { unit: '{token}' }).add(12, { model: 'gpt-5' })
  meter.createUpDownCounter('open').add(-3)
  meter.createGauge('load').record(0.25)
  const histogram = meter.createHistogram('duration', { unit: 's' })
  for (const seconds of [0.1, 0.2, 7]) histogram.record(seconds, { operation: 'chat' })
  await provider.forceFlush()
  await provider.shutdown()
}

function compressed(gzip: boolean) {
  return { compression: gzip ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE }
}
