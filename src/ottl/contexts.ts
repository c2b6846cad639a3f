import type { LogView } from '../pdata/logs.ts'
import type { DataPointView } from '../pdata/metrics.ts'
import type { SpanView } from '../pdata/spans.ts'
import { type Context, enumNames, sharedPaths } from './context.ts'
import type { Value } from './value.ts'

const ofSpans = sharedPaths<SpanView>()
const ofLogs = sharedPaths<LogView>()
const ofPoints = sharedPaths<DataPointView>()

export const spanContext: Context<SpanView> = {
  prefix: 'span',
  paths: new Map<string, (span: SpanView) => Value>([
    ['name', (it) => it.name()],
    ['kind', (it) => it.kind],
    ['status.code', (it) => it.statusCode],
    ['status.message', (it) => it.statusMessage()],
    ['trace_id.string', (it) => it.traceIdHex()],
    ['span_id.string', (it) => it.spanIdHex()],
    ['parent_span_id.string', (it) => it.parentSpanIdHex()],
    ['trace_state', (it) => it.traceState()],
    ['start_time_unix_nano', (it) => it.startUnixNano],
    ['end_time_unix_nano', (it) => it.endUnixNano],
    ['dropped_attributes_count', (it) => it.droppedAttributesCount],
    ...ofSpans.paths,
  ]),
  values: new Map(),
  maps: new Map(ofSpans.maps),
  tests: new Map([['IsRootSpan', (it) => it.parentSpanIdHex() === '']]),
  enums: new Map([...enumNames('SPAN_KIND'), ...enumNames('STATUS_CODE')]),
}

export const logContext: Context<LogView> = {
  prefix: 'log',
  paths: new Map<string, (record: LogView) => Value>([
    ['severity_number', (it) => it.severityNumber],
    ['severity_text', (it) => it.severityText()],
    ['event_name', (it) => it.eventName()],
    ['trace_id.string', (it) => it.traceIdHex()],
    ['span_id.string', (it) => it.spanIdHex()],
    ['flags', (it) => it.flags],
    ['time_unix_nano', (it) => it.timeUnixNano],
    ['observed_time_unix_nano', (it) => it.observedTimeUnixNano],
    ...ofLogs.paths,
  ]),
  values: new Map([['body', (it) => it.body]]),
  maps: new Map(ofLogs.maps),
  tests: new Map(),
  enums: new Map(enumNames('SEVERITY_NUMBER')),
}

const typeNumbers = { gauge: 1, sum: 2, histogram: 3, exponential_histogram: 4, summary: 5 }
const metricEnums = new Map([
  ...['NONE', 'GAUGE', 'SUM', 'HISTOGRAM', 'EXPONENTIAL_HISTOGRAM', 'SUMMARY'].map(
    (name, number): [string, number] => [`METRIC_DATA_TYPE_${name}`, number],
  ),
  ...enumNames('AGGREGATION_TEMPORALITY'),
])

const metricPaths: readonly (readonly [string, (point: DataPointView) => Value])[] = [
  ['name', (it) => it.name()],
  ['description', (it) => it.description()],
  ['unit', (it) => it.unit()],
  ['type', (it) => typeNumbers[it.type]],
  ['aggregation_temporality', (it) => it.temporality],
  ['is_monotonic', (it) => it.isMonotonic],
]

/** Metrics, told by any of their points; they have no attributes of their own. */
export const metricContext: Context<DataPointView> = {
  prefix: 'metric',
  paths: new Map([...metricPaths, ...ofPoints.paths]),
  values: new Map(),
  maps: new Map(ofPoints.maps.filter(([name]) => name !== 'attributes')),
  tests: new Map(),
  enums: metricEnums,
}

export const dataPointContext: Context<DataPointView> = {
  prefix: 'datapoint',
  paths: new Map<string, (point: DataPointView) => Value>([
    ...metricPaths.map(([name, get]) => [`metric.${name}`, get] as const),
    ['value_int', (it) => it.asBigInt()],
    ['value_double', (it) => (it.asBigInt() === undefined ? it.asNumber() : undefined)],
    ['count', (it) => it.count],
    ['sum', (it) => it.sum],
    ['flags', (it) => it.flags],
    ['start_time_unix_nano', (it) => it.startTimeUnixNano],
    ['time_unix_nano', (it) => it.timeUnixNano],
    ...ofPoints.paths,
  ]),
  values: new Map(),
  maps: new Map(ofPoints.maps),
  tests: new Map(),
  enums: new Map([...metricEnums, ['FLAG_NONE', 0], ['FLAG_NO_RECORDED_VALUE', 1]]),
}
