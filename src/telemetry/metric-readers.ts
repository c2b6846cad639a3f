import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { MetricReaderConfig, PrometheusConfig } from '../config/telemetry.ts'
import { otlpOptions } from './otlp-options.ts'

/** The pages of a configuration that Prometheus reads. */
export function pagesOf(readers: readonly MetricReaderConfig[]): PrometheusConfig[] {
  return readers.flatMap(({ pull }) => (pull === undefined ? [] : [pull.exporter.prometheus]))
}

/** The readers of a configuration that send; what they need is loaded only where there are any. */
export async function sendingReaders(
  readers: readonly MetricReaderConfig[],
): Promise<IMetricReader[]> {
  const sending = readers.flatMap(({ periodic }) => (periodic === undefined ? [] : [periodic]))
  if (sending.length === 0) return []
  const { AggregationTemporality, PeriodicExportingMetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
  const { CompressionAlgorithm } = await import('@opentelemetry/otlp-exporter-base')
  const { NONE, GZIP } = CompressionAlgorithm
  const { CUMULATIVE, DELTA } = AggregationTemporality
  return sending.map(({ interval, timeout, exporter: { otlp } }) => {
    const exporter = new OTLPMetricExporter({
      ...otlpOptions(otlp, 'metrics'),
      compression: otlp.compression === 'gzip' ? GZIP : NONE,
      temporalityPreference: otlp.temporality_preference === 'delta' ? DELTA : CUMULATIVE,
    })
    return new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: interval,
      exportTimeoutMillis: Math.min(timeout, interval),
    })
  })
}
