/**
 * The OTLP messages, a line each: `number name type`, with `*` for repeated, `?` for optional and
 * `|` for the members of the message's one oneof.
 */
export const definitions = `
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

/** The names of each enum's values, without the prefix. */
export const enums: Readonly<Record<string, readonly string[]>> = {
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
