import type { Attributes } from '@opentelemetry/api'
import { DataPointType, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics'
import type { TargetInfo } from './metrics.ts'
import { metricName, type PrometheusNaming, plainNames } from './prometheus-names.ts'

/** What the metrics were counted by. */
export interface Scope {
  readonly name: string
  readonly version: string
}

/**
 * Metrics in the Prometheus text format 0.0.4. As otelcol writes them by default: names without
 * unit and `_total`, no scope labels, the resource on `target_info` alone. Sorted, so that two
 * readings can be compared.
 */
export function prometheusText(
  metrics: readonly MetricData[],
  target: TargetInfo,
  scope: Scope,
  naming: PrometheusNaming = plainNames,
): string {
  const info = {
    name: 'target_info',
    lines: [
      '# HELP target_info Target metadata',
      '# TYPE target_info gauge',
      sample('target_info', labels(target), 1),
    ],
  }
  const scopeLabels: Attributes = naming.without_scope_info
    ? {}
    : { otel_scope_name: scope.name, otel_scope_version: scope.version }
  const families = metrics
    .filter((it) => it.dataPoints.length > 0)
    .map((metric) => {
      const name = metricName(metric, naming)
      return { name, lines: family(name, metric, scopeLabels) }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return [...families, info].map(({ lines }) => `${lines.join('\n')}\n`).join('')
}

function family(name: string, metric: MetricData, scope: Attributes): string[] {
  const { description } = metric.descriptor
  const help = description === '' ? [] : [`# HELP ${name} ${escapeHelp(description)}`]
  return [...help, `# TYPE ${name} ${typeOf(metric)}`, ...samples(name, metric, scope)]
}

function typeOf(metric: MetricData): string {
  if (metric.dataPointType === DataPointType.SUM) return metric.isMonotonic ? 'counter' : 'gauge'
  return metric.dataPointType === DataPointType.GAUGE ? 'gauge' : 'histogram'
}

function samples(name: string, metric: MetricData, scope: Attributes): string[] {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE:
      return metric.dataPoints
        .map(({ attributes, value }) => sample(name, labels({ ...attributes, ...scope }), value))
        .toSorted()
    case DataPointType.HISTOGRAM:
      return metric.dataPoints.flatMap(({ attributes, value }) =>
        histogram(name, { ...attributes, ...scope }, value),
      )
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return metric.dataPoints.flatMap(({ attributes, value: { count, sum } }) =>
        // Its bounds are too many for this format: count and sum say what there is.
        totals(name, { ...attributes, ...scope }, count, sum),
      )
  }
}

function histogram(name: string, attributes: Attributes, value: Histogram): string[] {
  const { boundaries, counts } = value.buckets
  let below = 0
  const buckets = boundaries.map((boundary, at) => {
    below += counts[at] ?? 0
    return sample(`${name}_bucket`, labels({ ...attributes, le: number(boundary) }), below)
  })
  return [...buckets, ...totals(name, attributes, value.count, value.sum)]
}

function totals(name: string, attributes: Attributes, count: number, sum = 0): string[] {
  return [
    sample(`${name}_bucket`, labels({ ...attributes, le: '+Inf' }), count),
    sample(`${name}_sum`, labels(attributes), sum),
    sample(`${name}_count`, labels(attributes), count),
  ]
}

function sample(name: string, labelText: string, value: number): string {
  return `${name}${labelText} ${number(value)}`
}

function labels(attributes: Attributes): string {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== undefined)
  if (pairs.length === 0) return ''
  const text = pairs.map(([name, value]) => `${labelName(name)}="${escapeLabel(String(value))}"`)
  return `{${text.join(',')}}`
}

/** Prometheus writes infinities with a sign. */
function number(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}

function labelName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=[0-9])/, '_')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
