import { z } from 'zod'
import { duration, headers, stringList } from '../../src/config/fields.ts'
import { compressions } from '../../src/net/server/inflater.ts'
import { comesLater, listenFields, withAddress } from './listen-config.ts'

const defaultMaxBodyBytes = 64 * 1024 * 1024

const accepted = ['', ...compressions] as const
const laterCompressions = ['snappy', 'lz4', 'x-snappy-framed']

const compression = z.string().transform((value, context) => {
  const known = accepted.find((it) => it === value)
  if (known !== undefined) return known
  const message = laterCompressions.includes(value)
    ? `${value} comes later: ${compressions.join(', ')} and "" (none) are what there is`
    : `is no compression: write ${compressions.join(', ')}, or "" for none`
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

const cors = z.strictObject({
  allowed_origins: stringList()
    .prefault([])
    .describe('Origins whose pages may send; `*` stands for any text. Empty switches CORS off.'),
  allowed_headers: stringList()
    .prefault([])
    .describe('Headers that pages may send beside the safe ones and `Content-Type`; `*` is all.'),
  exposed_headers: stringList()
    .refine(
      (names) => names.every((it) => it === '*' || /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(it)),
      {
        error: 'must be names of headers',
      },
    )
    .prefault([])
    .describe('Headers of answers that pages may read.'),
  max_age: z
    .int()
    .nonnegative()
    .optional()
    .describe('Seconds a browser may remember a preflight; browsers assume 5 when unset.'),
})

/** Settings of `protocols.http`. */
export const httpConfig = z
  .strictObject({
    ...listenFields('localhost:4318'),
    max_request_body_size: z
      .int()
      .default(defaultMaxBodyBytes)
      .transform((value) => (value <= 0 ? defaultMaxBodyBytes : value))
      .describe('Largest body in bytes, as sent and decompressed. 0 or less means the default.'),
    compression_algorithms: z
      .array(compression)
      .prefault([...accepted])
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
      .describe('Whether headers, credentials included, travel with the batch; never logged.'),
    cors: cors.optional().describe('Lets pages in browsers send; off unless it names origins.'),
    tls: comesLater('TLS for clients'),
    auth: comesLater('authentication'),
    middlewares: comesLater('middlewares'),
  })
  .refine(hasThreePaths, {
    error: 'must have three different paths for traces, metrics and logs',
  })
  .transform(withAddress)

function hasThreePaths(it: {
  traces_url_path: string
  metrics_url_path: string
  logs_url_path: string
}): boolean {
  return new Set([it.traces_url_path, it.metrics_url_path, it.logs_url_path]).size === 3
}

export type HttpConfig = z.output<typeof httpConfig>
