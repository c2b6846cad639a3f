import { z } from 'zod'
import { duration, endpoint, headers } from '../../src/config/fields.ts'

const defaultMaxBodyBytes = 64 * 1024 * 1024

/** A setting that otelcol has and this receiver does not have yet: no value of it is accepted. */
function comesLater(what: string) {
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value === undefined || value === null) return
      context.addIssue({ code: 'custom', message: `${what} comes later: leave it out for now` })
    })
    .describe('Comes later; setting it is a configuration error.')
}

const compressions = ['', 'gzip'] as const
const laterCompressions = ['zstd', 'zlib', 'deflate', 'snappy', 'lz4', 'x-snappy-framed']

const compression = z.string().transform((value, context) => {
  const known = compressions.find((it) => it === value)
  if (known !== undefined) return known
  const message = laterCompressions.includes(value)
    ? `${value} comes later: gzip and "" (none) are what there is`
    : 'is no compression: write gzip, or "" for none'
  context.addIssue({ code: 'custom', message, input: value })
  return z.NEVER
})

function path(fallback: string) {
  return z
    .string()
    .regex(/^[^?#\s]*$/, 'is a path: leave out spaces, ? and #')
    .prefault(fallback)
    .transform((value) => (value.startsWith('/') ? value : `/${value}`))
}

const transport = z
  .string()
  .refine((value) => value === 'tcp', { error: 'is tcp; tcp4, tcp6 and unix: comes later' })
  .prefault('tcp')
  .describe('Kind of socket. Only `tcp`; others come later.')

const http = z
  .strictObject({
    endpoint: endpoint()
      .prefault('localhost:4318')
      .describe('Where to listen. `0.0.0.0:4318` lets other machines in; port 0 is a free one.'),
    transport,
    max_request_body_size: z
      .int()
      .default(defaultMaxBodyBytes)
      .transform((value) => (value <= 0 ? defaultMaxBodyBytes : value))
      .describe('Largest body in bytes, as sent and decompressed. 0 or less means the default.'),
    compression_algorithms: z
      .array(compression)
      .prefault([...compressions])
      .describe('`Content-Encoding`s that are accepted; `""` is none.'),
    read_header_timeout: duration()
      .prefault('1m')
      .describe('Time for the headers of a request; 0 is none. otelcol has none here.'),
    read_timeout: duration()
      .prefault('5m')
      .describe('Time for a whole request, its body included; 0 is none. otelcol has none here.'),
    idle_timeout: duration()
      .prefault('0s')
      .describe('How long a connection may be idle between requests; 0 is for ever.'),
    write_timeout: duration()
      .prefault('0s')
      .refine((value) => value === 0, { error: 'comes later: leave it out for now' })
      .describe('Comes later; only 0 (none).'),
    keep_alives_enabled: z
      .boolean()
      .default(true)
      .describe('Whether a connection serves more than one request.'),
    response_headers: headers()
      .optional()
      .describe('Headers to add to every answer. Values are secret.'),
    traces_url_path: path('/v1/traces').describe(
      'Path for traces; a missing leading `/` is added.',
    ),
    metrics_url_path: path('/v1/metrics').describe('Path for metrics.'),
    logs_url_path: path('/v1/logs').describe('Path for logs.'),
    include_metadata: z
      .boolean()
      .default(false)
      .refine((value) => !value, { error: 'comes later: leave it out for now' })
      .describe('Comes later; only `false`.'),
    tls: comesLater('TLS for clients'),
    cors: comesLater('CORS'),
    auth: comesLater('authentication'),
    middlewares: comesLater('middlewares'),
  })
  .refine(hasThreePaths, {
    error: 'must have three different paths for traces, metrics and logs',
  })

function hasThreePaths(it: {
  traces_url_path: string
  metrics_url_path: string
  logs_url_path: string
}): boolean {
  return new Set([it.traces_url_path, it.metrics_url_path, it.logs_url_path]).size === 3
}

/** Settings of `protocols.http`, checked. */
export type HttpConfig = z.output<typeof http>

const unused = z.unknown().optional()

/** Read, so that a configuration for both protocols loads; it has no effect yet. */
const grpc = z.strictObject({
  endpoint: endpoint().prefault('localhost:4317').describe('Where gRPC will listen; comes next.'),
  transport: unused,
  tls: unused,
  max_recv_msg_size_mib: unused,
  max_concurrent_streams: unused,
  read_buffer_size: unused,
  write_buffer_size: unused,
  keepalive: unused,
  auth: unused,
  include_metadata: unused,
  middlewares: unused,
})

const protocols = z
  .strictObject({
    http: http
      .nullable()
      .transform((value) => value ?? http.parse({}))
      .optional()
      .describe('OTLP over HTTP/1.1, protobuf and JSON. Present but empty means the defaults.'),
    grpc: grpc
      .nullable()
      .transform((value) => value ?? grpc.parse({}))
      .optional()
      .describe('Comes next: accepted beside `http`, and a warning says that it does not listen.'),
  })
  .nullable()
  .prefault({})
  .transform((it, context) => {
    if (it?.http !== undefined) return { http: it.http, grpc: it.grpc }
    const message =
      it?.grpc === undefined
        ? 'must specify at least one protocol when using the OTLP receiver'
        : 'gRPC comes next: add http, or nothing would listen'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

export const config = z.strictObject({
  protocols,
  admission_timeout: duration()
    .prefault('2s')
    .describe('How long a request waits for memory before it is refused with 503.'),
})

export type Config = z.output<typeof config>
