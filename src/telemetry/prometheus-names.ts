import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'

/** What is left out of names and labels; otelcol's default is to leave out all three. */
export interface PrometheusNaming {
  readonly without_scope_info: boolean
  readonly without_units: boolean
  readonly without_type_suffix: boolean
}

/** Names as they were given: what dashboards for collectors ask for. */
export const plainNames: PrometheusNaming = {
  without_scope_info: true,
  without_units: true,
  without_type_suffix: true,
}

const units = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['Cel', 'celsius'],
  ['%', 'percent'],
])

/**
 * The name of a metric in Prometheus, by the compatibility rules of the OpenTelemetry specification:
 * the unit as a word, unless the name has it already or the unit is only a note in braces, then
 * `_total` where it is a counter. `otelcol_process_uptime` in s is `otelcol_process_uptime_seconds_total`.
 */
export function metricName(metric: MetricData, naming: PrometheusNaming): string {
  const { name, unit } = metric.descriptor
  const plain = name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=[0-9])/, '_')
  if (naming.without_units && naming.without_type_suffix) return plain
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic
  const words = plain.split('_')
  const stem = isCounter && !naming.without_type_suffix ? words.filter(isNotTotal) : words
  const isGauge = metric.dataPointType === DataPointType.GAUGE
  const added = naming.without_units ? [] : unitWords(unit, isGauge)
  const suffixes = added.filter((it) => !stem.includes(it))
  const total = isCounter && !naming.without_type_suffix ? ['total'] : []
  return [...stem, ...suffixes, ...total].join('_')
}

function isNotTotal(word: string): boolean {
  return word !== 'total'
}

function unitWords(unit: string, isGauge: boolean): string[] {
  if (unit === '1') return isGauge ? ['ratio'] : []
  const [amount = '', per] = unit.split('/').map((it) => it.replace(/\{[^}]*\}/g, '').trim())
  const counted = amount === '' ? [] : [units.get(amount) ?? asWord(amount)]
  if (per === undefined || per === '') return counted.filter((it) => it !== '')
  return [...counted, `per_${(units.get(per) ?? asWord(per)).replace(/s$/, '')}`]
}

function asWord(unit: string): string {
  return unit.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_|_$/g, '')
}
