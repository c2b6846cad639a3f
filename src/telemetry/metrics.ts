import type { Meter } from '@opentelemetry/api'
import { MeterProvider, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics'
import { observeProcess } from './process-metrics.ts'
import { prometheusText } from './prometheus-text.ts'

/** Who reports, as it stands on `target_info`. */
export type TargetInfo = Readonly<Record<string, string>>

export type MetricLevel = 'none' | 'basic' | 'normal' | 'detailed'

/** The collector's own metrics: components count through the meter, readers ask when they like. */
export interface Metrics {
  readonly meter: Meter
  /** Everything counted since the start. */
  collect(): Promise<readonly MetricData[]>
  /** The same in the Prometheus text format. */
  text(): Promise<string>
}

/**
 * Metrics that are collected in the process, whenever somebody asks.
 *
 * @param level with `none` the text is empty; the final report is counted all the same
 */
export function createMetrics(target: TargetInfo, level: MetricLevel = 'normal'): Metrics {
  const reader = new OnDemandReader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('agent-sre')
  observeProcess(meter)
  async function collect(): Promise<readonly MetricData[]> {
    const { resourceMetrics } = await reader.collect()
    return resourceMetrics.scopeMetrics.flatMap((it) => it.metrics)
  }
  async function text(): Promise<string> {
    return level === 'none' ? '' : prometheusText(await collect(), target)
  }
  return { meter, collect, text }
}

/** The sum of a metric's points over those attributes that are not asked for. */
export function sumBy(
  metrics: readonly MetricData[],
  name: string,
  attribute: string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { descriptor, dataPoints } of metrics) {
    if (descriptor.name !== name) continue
    for (const { attributes, value } of dataPoints) {
      const key = String(attributes[attribute] ?? '')
      if (typeof value === 'number') sums.set(key, (sums.get(key) ?? 0) + value)
    }
  }
  return sums
}

class OnDemandReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}
