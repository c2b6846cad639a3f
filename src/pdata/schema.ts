import type { Signal } from './signal.ts'

const scalarTypes = [
  'string',
  'bytes',
  'id16',
  'id8',
  'bool',
  'int32',
  'uint32',
  'sint32',
  'enum',
  'int64',
  'uint64',
  'fixed32',
  'fixed64',
  'sfixed64',
  'double',
] as const

/** How a scalar is written; ids are bytes of a fixed length, shown as hex in JSON. */
export type ScalarType = (typeof scalarTypes)[number]

export interface Field {
  readonly number: number
  /** lowerCamelCase, as in OTLP/JSON. */
  readonly name: string
  readonly type: ScalarType
  /** Set for embedded messages, whose `type` is then `bytes`. */
  readonly message: MessageType | undefined
  readonly repeated: boolean
  /** A zero is information: `optional`, or a member of a oneof. */
  readonly explicit: boolean
  /** The enum's names by value. */
  readonly enumNames: readonly string[] | undefined
}

export interface MessageType {
  readonly name: string
  readonly fields: readonly Field[]
  /** By lowerCamelCase and by snake_case. */
  readonly byName: ReadonlyMap<string, Field>
  readonly byNumber: ReadonlyMap<number, Field>
  /** What `validate` does with a tag below 256: a `Check`. */
  readonly checks: Uint8Array
  /** The embedded message of a tag below 256. */
  readonly children: readonly (MessageType | undefined)[]
  /** A bit per singular message and per oneof: seen twice, the message has to be merged. */
  readonly once: Int32Array
  readonly counts: 'item' | 'resource' | undefined
  readonly deepens: boolean
  readonly isAttribute: boolean
}

/** What has to hold for a field's value. */
export const check = {
  unknown: 0,
  varint: 1,
  fixed64: 2,
  fixed32: 3,
  length: 4,
  id16: 5,
  id8: 6,
  message: 7,
  packedVarint: 8,
  packedFixed64: 9,
} as const

/**
 * The OTLP messages, a line each: `number name type`, with `*` for repeated, `?` for optional and
 * `|` for the members of the message's one oneof.
 */
const definitions = `
TracesRequest: 1 resource_spans ResourceSpans*
ResourceSpans: 1 resource Resource, 2 scope_spans ScopeSpans*, 3 schema_url string
ScopeSpans: 1 scope Scope, 2 spans Span*, 3 schema_url string
LogsRequest: 1 resource_logs ResourceLogs*
ResourceLogs: 1 resource Resource, 2 scope_logs ScopeLogs*, 3 schema_url string
ScopeLogs: 1 scope Scope, 2 log_records LogRecord*, 3 schema_url string
MetricsRequest: 1 resource_metrics ResourceMetrics*
ResourceMetrics: 1 resource Resource, 2 scope_metrics ScopeMetrics*, 3 schema_url string
ScopeMetrics: 1 scope Scope, 2 metrics Metric*, 3 schema_url string
Resource: 1 attributes KeyValue*, 2 dropped_attributes_count uint32, 3 entity_refs EntityRef*
EntityRef: 1 schema_url string, 2 type string, 3 id_keys string*, 4 description_keys string*
Scope: 1 name string, 2 version string, 3 attributes KeyValue*, 4 dropped_attributes_count uint32
KeyValue: 1 key string, 2 value AnyValue
AnyValue: 1 string_value string|, 2 bool_value bool|, 3 int_value int64|, 4 double_value double|, 5 array_value ArrayValue|, 6 kvlist_value KeyValueList|, 7 bytes_value bytes|
ArrayValue: 1 values AnyValue*
KeyValueList: 1 values KeyValue*
Span: 1 trace_id id16, 2 span_id id8, 3 trace_state string, 4 parent_span_id id8, 5 name string, 6 kind enum:SPAN_KIND, 7 start_time_unix_nano fixed64, 8 end_time_unix_nano fixed64, 9 attributes KeyValue*, 10 dropped_attributes_count uint32, 11 events Event*, 12 dropped_events_count uint32, 13 links Link*, 14 dropped_links_count uint32, 15 status Status, 16 flags fixed32
Event: 1 time_unix_nano fixed64, 2 name string, 3 attributes KeyValue*, 4 dropped_attributes_count uint32
Link: 1 trace_id id16, 2 span_id id8, 3 trace_state string, 4 attributes KeyValue*, 5 dropped_attributes_count uint32, 6 flags fixed32
Status: 2 message string, 3 code enum:STATUS_CODE
LogRecord: 1 time_unix_nano fixed64, 2 severity_number enum:SEVERITY_NUMBER, 3 severity_text string, 5 body AnyValue, 6 attributes KeyValue*, 7 dropped_attributes_count uint32, 8 flags fixed32, 9 trace_id id16, 10 span_id id8, 11 observed_time_unix_nano fixed64, 12 event_name string
Metric: 1 name string, 2 description string, 3 unit string, 5 gauge Gauge|, 7 sum Sum|, 9 histogram Histogram|, 10 exponential_histogram ExponentialHistogram|, 11 summary Summary|, 12 metadata KeyValue*
Gauge: 1 data_points NumberDataPoint*
Sum: 1 data_points NumberDataPoint*, 2 aggregation_temporality enum:AGGREGATION_TEMPORALITY, 3 is_monotonic bool
Histogram: 1 data_points HistogramDataPoint*, 2 aggregation_temporality enum:AGGREGATION_TEMPORALITY
ExponentialHistogram: 1 data_points ExponentialHistogramDataPoint*, 2 aggregation_temporality enum:AGGREGATION_TEMPORALITY
Summary: 1 data_points SummaryDataPoint*
NumberDataPoint: 2 start_time_unix_nano fixed64, 3 time_unix_nano fixed64, 4 as_double double|, 5 exemplars Exemplar*, 6 as_int sfixed64|, 7 attributes KeyValue*, 8 flags uint32
HistogramDataPoint: 2 start_time_unix_nano fixed64, 3 time_unix_nano fixed64, 4 count fixed64, 5 sum double?, 6 bucket_counts fixed64*, 7 explicit_bounds double*, 8 exemplars Exemplar*, 9 attributes KeyValue*, 10 flags uint32, 11 min double?, 12 max double?
ExponentialHistogramDataPoint: 1 attributes KeyValue*, 2 start_time_unix_nano fixed64, 3 time_unix_nano fixed64, 4 count fixed64, 5 sum double?, 6 scale sint32, 7 zero_count fixed64, 8 positive Buckets, 9 negative Buckets, 10 flags uint32, 11 exemplars Exemplar*, 12 min double?, 13 max double?, 14 zero_threshold double
Buckets: 1 offset sint32, 2 bucket_counts uint64*
SummaryDataPoint: 2 start_time_unix_nano fixed64, 3 time_unix_nano fixed64, 4 count fixed64, 5 sum double, 6 quantile_values ValueAtQuantile*, 7 attributes KeyValue*, 8 flags uint32
ValueAtQuantile: 1 quantile double, 2 value double
Exemplar: 2 time_unix_nano fixed64, 3 as_double double|, 4 span_id id8, 5 trace_id id16, 6 as_int sfixed64|, 7 filtered_attributes KeyValue*
`

const enums: Readonly<Record<string, readonly string[]>> = {
  SPAN_KIND: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'],
  STATUS_CODE: ['UNSET', 'OK', 'ERROR'],
  AGGREGATION_TEMPORALITY: ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'],
  SEVERITY_NUMBER: [
    'UNSPECIFIED',
    ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
      ['', '2', '3', '4'].map((step) => level + step),
    ),
  ],
}

const messages = compile(definitions)

/** The request message of each signal: the root that decoding starts from. */
export const requests: Readonly<Record<Signal, MessageType>> = {
  traces: message('TracesRequest'),
  logs: message('LogsRequest'),
  metrics: message('MetricsRequest'),
}

function message(name: string): MessageType {
  const found = messages.get(name)
  if (found === undefined) throw new Error(`the schema has no message ${name}`)
  return found
}

function compile(text: string): ReadonlyMap<string, MessageType> {
  const lines = text.trim().split('\n')
  const shells = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')),
      shellOf(line.slice(0, line.indexOf(':'))),
    ]),
  )
  for (const line of lines) {
    const [name = '', ...rest] = line.split(': ')
    const shell = shells.get(name)
    if (shell === undefined) continue
    for (const item of rest.join(': ').split(', ')) addField(shell, parseField(item, shells))
  }
  return shells
}

type Shell = ReturnType<typeof shellOf>

function shellOf(name: string) {
  const isItem = name === 'Span' || name === 'LogRecord' || name.endsWith('DataPoint')
  const isResource = /^Resource./.test(name)
  const counts: 'item' | 'resource' | undefined = isItem
    ? 'item'
    : isResource
      ? 'resource'
      : undefined
  return {
    name,
    fields: [] as Field[],
    byName: new Map<string, Field>(),
    byNumber: new Map<number, Field>(),
    checks: new Uint8Array(256),
    children: new Array<MessageType | undefined>(256).fill(undefined),
    once: new Int32Array(256),
    counts,
    deepens: name === 'AnyValue',
    isAttribute: name === 'KeyValue',
  }
}

function parseField(text: string, shells: ReadonlyMap<string, MessageType>) {
  const [number = '', snake = '', spec = ''] = text.split(' ')
  const mark = /[*?|]$/.exec(spec)?.[0] ?? ''
  const [typeName = '', enumName = ''] = spec.slice(0, spec.length - mark.length).split(':')
  const message = shells.get(typeName)
  const field: Field = {
    number: Number(number),
    name: snake.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    type: scalarTypes.find((type) => type === typeName) ?? 'bytes',
    message,
    repeated: mark === '*',
    explicit: mark === '?' || mark === '|',
    enumNames: enums[enumName]?.map((name) => `${enumName}_${name}`),
  }
  return { field, snake, isOneof: mark === '|' }
}

function addField(shell: Shell, { field, snake, isOneof }: ReturnType<typeof parseField>): void {
  shell.fields.push(field)
  shell.byName.set(field.name, field)
  shell.byName.set(snake, field)
  shell.byNumber.set(field.number, field)
  const wire = wireTypeOf(field)
  const tag = wireTag(field.number, wire)
  shell.checks[tag] = checkOf(field, wire)
  shell.children[tag] = field.message
  if (isOneof) shell.once[tag] = 1
  else if (field.message && !field.repeated) shell.once[tag] = 1 << field.number
  if (field.repeated && wire !== 2) {
    shell.checks[wireTag(field.number, 2)] = wire === 0 ? check.packedVarint : check.packedFixed64
  }
}

/**
 * Where a field stands in tables that are indexed by tag. No OTLP field number is above 16, so 256
 * entries are enough.
 */
export function wireTag(number: number, wireType: number): number {
  return (number << 3) | wireType
}

export function wireTypeOf(field: Field): 0 | 1 | 2 | 5 {
  if (field.message) return 2
  switch (field.type) {
    case 'string':
    case 'bytes':
    case 'id16':
    case 'id8':
      return 2
    case 'fixed32':
      return 5
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return 1
    default:
      return 0
  }
}

function checkOf(field: Field, wire: number): number {
  if (field.message) return check.message
  if (field.type === 'id16') return check.id16
  if (field.type === 'id8') return check.id8
  if (wire === 2) return check.length
  if (wire === 5) return check.fixed32
  return wire === 1 ? check.fixed64 : check.varint
}
