import type { Meter } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  type IMetricReader,
  MeterProvider,
  type MetricData,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import { type MetricLevel, viewsFor } from './metric-views.ts'
import { observeProcess } from './process-metrics.ts'
import type { PrometheusNaming } from './prometheus-names.ts'
import { prometheusText } from './prometheus-text.ts'

export type { MetricLevel } from './metric-views.ts'

/** Who reports, as it stands on `target_info`. */
export type TargetInfo = Readonly<Record<string, string>>

/** The collector's own metrics: components count through the meter, readers ask when they like. */
export interface Metrics {
  readonly meter: Meter
  /** Everything counted since the start. */
  collect(): Promise<readonly MetricData[]>
  /** The same in the Prometheus text format. */
  text(naming?: PrometheusNaming): Promise<string>
  /** Has readers that send export what they have, and ends them. */
  close(): Promise<void>
}

export interface MetricsOptions {
  /** With `none` the text is empty; the final report is counted all the same. */
  readonly level?: MetricLevel
  /** What else reads, such as one that sends; nothing else unless given. */
  readonly readers?: readonly IMetricReader[]
}

const scopeName = 'agent-sre'

/** Metrics that are collected in the process, whenever somebody asks. */
export function createMetrics(
  target: TargetInfo,
  { level = 'normal', readers = [] }: MetricsOptions = {},
): Metrics {
  const reader = new OnDemandReader()
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ ...target }),
    views: viewsFor(level),
    readers: [reader, ...readers],
  })
  const scope = { name: scopeName, version: target['service.version'] ?? '' }
  const meter = provider.getMeter(scope.name, scope.version)
  const stopObserving = observeProcess(meter)
  async function collect(): Promise<readonly MetricData[]> {
    const { resourceMetrics } = await reader.collect()
    return resourceMetrics.scopeMetrics.flatMap((it) => it.metrics)
  }
  async function text(naming?: PrometheusNaming): Promise<string> {
    return level === 'none' ? '' : prometheusText(await collect(), target, scope, naming)
  }
  async function close(): Promise<void> {
    await provider.shutdown()
    stopObserving()
  }
  return { meter, collect, text, close }
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
