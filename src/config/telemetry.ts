import { z } from 'zod'
import { comesLater, duration, headers, httpUrl, ratio, stringList } from './fields.ts'
import type { Path } from './problem.ts'

export type TelemetryConfig = z.output<typeof telemetry>
export type MetricReaderConfig = TelemetryConfig['metrics']['readers'][number]
export type PrometheusConfig = z.output<typeof prometheus>
export type SpanProcessorConfig = TelemetryConfig['traces']['processors'][number]
export type OtlpConfig = z.output<typeof otlp>
export type SamplerConfig = z.output<typeof sampler>
export type LogsConfig = TelemetryConfig['logs']

const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'fatal'])
const metricLevel = z.enum(['none', 'basic', 'normal', 'detailed'])

const logs = z.strictObject({
  level: z.string().toLowerCase().pipe(logLevel).prefault('info').describe('Quietest line shown.'),
  encoding: z.enum(['console', 'json']).default('console').describe('For people, or for programs.'),
  output_paths: stringList().prefault(['stderr']).describe('stderr, stdout, or paths of files.'),
  error_output_paths: stringList().prefault(['stderr']).describe('Has no effect yet.'),
  sampling: z
    .strictObject({
      enabled: z.boolean().default(true),
      tick: duration().prefault('10s').describe('Length of a round.'),
      initial: z.int().nonnegative().default(10).describe('Identical lines written in a round.'),
      thereafter: z.int().nonnegative().default(100).describe('Then one of so many; 0 is none.'),
    })
    .optional()
    .describe('How many identical lines are written.'),
  development: z.boolean().default(false).describe('Has no effect yet.'),
  disable_caller: z.boolean().default(false).describe('Accepted; lines never name their caller.'),
  disable_stacktrace: z.boolean().default(false).describe('Has no effect yet.'),
  initial_fields: z.record(z.string(), z.unknown()).default({}).describe('Fields of every line.'),
  processors: z.array(z.unknown()).default([]).describe('Has no effect yet.'),
})

const httpOnly = 'comes later and is not supported yet: write http/protobuf, at port 4318'

/** Where our own telemetry goes, in the keys of OpenTelemetry's declarative configuration. */
const otlp = z.strictObject({
  protocol: z
    .enum(['http/protobuf'], {
      error: ({ input }) => (/^(grpc|http\/json)/.test(String(input)) ? httpOnly : undefined),
    })
    .default('http/protobuf'),
  endpoint: httpUrl()
    .prefault('http://localhost:4318')
    .describe('Without a path, the usual one of the signal is added.'),
  headers: headers().optional().describe('Request headers; their values are secret.'),
  compression: z.enum(['none', 'gzip']).default('none'),
  timeout: millis().prefault(10_000).describe('Time for one export, in milliseconds.'),
  temporality_preference: z.enum(['cumulative', 'delta']).default('cumulative'),
  headers_list: comesLater('write headers'),
  insecure: z.boolean().optional().describe('Accepted; the scheme of the endpoint decides.'),
  certificate: comesLater('set the environment variable NODE_EXTRA_CA_CERTS'),
  client_certificate: comesLater('send to a collector on this machine'),
  client_key: comesLater('send to a collector on this machine'),
  default_histogram_aggregation: comesLater('leave it out'),
})

const exporter = z.strictObject({ otlp, console: comesLater('write otlp') })

const prometheus = z.strictObject({
  host: z.string().min(1).default('localhost').describe('Where to listen.'),
  port: z.int().min(0).max(65_535).default(8888).describe('0 is any free port.'),
  without_scope_info: z.boolean().default(true).describe('No otel_scope_* labels.'),
  without_units: z.boolean().default(true).describe('No unit at the end of names.'),
  without_type_suffix: z.boolean().default(true).describe('No _total at the end of names.'),
  with_resource_constant_labels: comesLater('the resource is on target_info'),
})

const pull = z.strictObject({
  exporter: z.strictObject({ prometheus }).describe('A page that Prometheus reads.'),
})

const periodic = z.strictObject({
  interval: millis().prefault(60_000).describe('Time between two exports, in milliseconds.'),
  timeout: millis().prefault(30_000).describe('Time for one export, in milliseconds.'),
  exporter,
})

const reader = z
  .strictObject({ pull: pull.optional(), periodic: periodic.optional() })
  .superRefine((it, context) => exactlyOne(it, 'pull or periodic', context))

const metrics = z
  .strictObject({
    level: z
      .string()
      .toLowerCase()
      .pipe(metricLevel)
      .prefault('normal')
      .describe('How much is measured; metrics of HTTP and RPC come later.'),
    readers: z
      .array(reader)
      .prefault([{ pull: { exporter: { prometheus: {} } } }])
      .describe('Where the metrics can be read, or are sent.'),
    views: z.unknown().optional().describe('Has no effect yet.'),
    address: z
      .unknown()
      .optional()
      .superRefine((value, context) => {
        if (value !== undefined) context.addIssue({ code: 'custom', message: oldAddress })
      })
      .describe('The old shape: write readers.'),
  })
  .refine(({ level, readers }) => level === 'none' || readers.length > 0, {
    path: ['readers'],
    error: 'collector telemetry metrics reader should exist when metric level is not none',
  })

const oldAddress =
  'is the old shape: write readers: [{ pull: { exporter: { prometheus: { host: localhost, port: 8888 } } } }]'

const roots = z.strictObject({
  always_on: z.strictObject({}).optional(),
  always_off: z.strictObject({}).optional(),
  trace_id_ratio_based: z.strictObject({ ratio: ratio().default(1) }).optional(),
})

const root = roots.superRefine((it, context) => exactlyOne(it, oneOf(roots), context))

const samplers = roots.extend({
  parent_based: z.strictObject({ root: root.optional() }).optional(),
})

const sampler = samplers.superRefine((it, context) => exactlyOne(it, oneOf(samplers), context))

const batch = z
  .strictObject({
    schedule_delay: millis().prefault(5_000).describe('Longest wait of a span, in milliseconds.'),
    export_timeout: millis().prefault(30_000).describe('Time for one export, in milliseconds.'),
    max_queue_size: z.int().positive().default(2_048),
    max_export_batch_size: z.int().positive().default(512),
    exporter,
  })
  .refine((it) => it.max_export_batch_size <= it.max_queue_size, {
    path: ['max_export_batch_size'],
    error: 'must not be larger than max_queue_size',
  })

const spanProcessor = z
  .strictObject({ batch: batch.optional(), simple: z.strictObject({ exporter }).optional() })
  .superRefine((it, context) => exactlyOne(it, 'batch or simple', context))

const traces = z.strictObject({
  level: z.string().toLowerCase().pipe(metricLevel).optional().describe('none switches them off.'),
  propagators: stringList().optional().describe('Has no effect yet.'),
  processors: z
    .array(spanProcessor)
    .default([])
    .describe('Where spans of the collector itself go.'),
  sampler: sampler.optional().describe('Which requests give spans; all, unless it says otherwise.'),
})

/** What the collector says about itself, `service.telemetry`. */
export const telemetry = z.strictObject({
  logs: logs.prefault({}),
  metrics: metrics.prefault({}),
  traces: traces.prefault({}),
  resource: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Attributes of the collector itself; null takes an automatic one away.'),
})

/** Settings of `service.telemetry` that are understood and do nothing in this version. */
export const withoutEffect: readonly Path[] = [
  ['logs', 'error_output_paths'],
  ['logs', 'development'],
  ['logs', 'disable_stacktrace'],
  ['logs', 'processors'],
  ['metrics', 'views'],
  ['traces', 'propagators'],
]

/** In the declarative configuration a bare number is milliseconds, unlike elsewhere in otelcol. */
function millis() {
  return z.int().positive()
}

/** The keys of a schema, so that no sentence forgets one. */
function oneOf({ shape }: z.ZodObject): string {
  return Object.keys(shape).join(', ')
}

function exactlyOne(choices: object, names: string, context: z.RefinementCtx): void {
  const chosen = Object.values(choices).filter((it) => it !== undefined)
  if (chosen.length === 1) return
  context.addIssue({ code: 'custom', message: `must have exactly one of ${names}` })
}
