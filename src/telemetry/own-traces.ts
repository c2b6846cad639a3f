import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { TelemetryBatch } from '../component/batch.ts'
import type { SamplerConfig, SpanProcessorConfig, TelemetryConfig } from '../config/telemetry.ts'
import type { Tracing } from '../pipeline/tracing.ts'
import { BatchSpans } from './batch-spans.ts'
import type { TargetInfo } from './metrics.ts'
import { otlpOptions } from './otlp-options.ts'

/** Spans of the collector itself, being sent. */
export interface OwnTraces {
  readonly tracing: Tracing
  /** Exports what is left and ends. */
  close(): Promise<void>
}

/** The spans that a configuration asks for, if it does; the SDK is loaded only then. */
export async function openTraces(
  { level, processors, sampler }: TelemetryConfig['traces'],
  target: TargetInfo,
): Promise<OwnTraces | undefined> {
  if (level === 'none' || processors.length === 0) return undefined
  const sdk = await import('@opentelemetry/sdk-trace')
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ ...target }),
    spanProcessors: await Promise.all(processors.map(spanProcessor)),
    ...(sampler !== undefined && { sampler: samplerOf(sampler, sdk) }),
  })
  const tracer = provider.getTracer('agent-sre', target['service.version'] ?? '')
  return {
    tracing: new BatchSpans(tracer, carries(target['service.instance.id'])),
    close: () => provider.shutdown(),
  }
}

async function spanProcessor({ batch, simple }: SpanProcessorConfig): Promise<SpanProcessor> {
  const otlp = batch?.exporter.otlp ?? simple?.exporter.otlp
  if (otlp === undefined) throw new TypeError('a span processor needs an exporter')
  const { BatchSpanProcessor, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const { CompressionAlgorithm } = await import('@opentelemetry/otlp-exporter-base')
  const { NONE, GZIP } = CompressionAlgorithm
  const exporter = new OTLPTraceExporter({
    ...otlpOptions(otlp, 'traces'),
    compression: otlp.compression === 'gzip' ? GZIP : NONE,
  })
  if (batch === undefined) return new SimpleSpanProcessor({ exporter })
  return new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: batch.schedule_delay,
    exportTimeoutMillis: batch.export_timeout,
    maxQueueSize: batch.max_queue_size,
    maxExportBatchSize: batch.max_export_batch_size,
  })
}

type Sdk = typeof import('@opentelemetry/sdk-trace')

function samplerOf({ parent_based, ...root }: SamplerConfig, sdk: Sdk): Sampler {
  if (parent_based === undefined) return rootSampler(root, sdk)
  return new sdk.ParentBasedSampler({ root: rootSampler(parent_based.root ?? {}, sdk) })
}

function rootSampler(
  { always_off, trace_id_ratio_based }: Omit<SamplerConfig, 'parent_based'>,
  sdk: Sdk,
): Sampler {
  if (always_off !== undefined) return new sdk.AlwaysOffSampler()
  if (trace_id_ratio_based === undefined) return new sdk.AlwaysOnSampler()
  return new sdk.TraceIdRatioBasedSampler(trace_id_ratio_based.ratio)
}

/**
 * Whether a batch holds spans of this very process, by its random id, also when they come back
 * through another collector: spans about them would come back too, and so on without an end.
 */
function carries(instanceId: string | undefined): (batch: TelemetryBatch) => boolean {
  if (instanceId === undefined) return () => false
  const needle = Buffer.from(instanceId)
  return ({ payload }) =>
    payload.signal === 'traces' &&
    payload.chunks.some(({ bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(needle),
    )
}
