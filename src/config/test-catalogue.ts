import { z } from 'zod'
import type { SchemaCatalogue } from './catalogue.ts'
import {
  duration,
  endpoint,
  headers,
  httpUrl,
  mib,
  ratio,
  secret,
  sizeBytes,
  stringList,
} from './fields.ts'

const grpc = z.strictObject({
  endpoint: endpoint().prefault('localhost:4317'),
  max_recv_msg_size_mib: mib().default(64),
  include_metadata: z.boolean().default(false),
})

const http = z.strictObject({
  endpoint: endpoint().prefault('localhost:4318'),
  max_request_body_size: sizeBytes().default(67_108_864),
})

const otlp = z.strictObject({
  protocols: z
    .strictObject({ grpc: grpc.optional(), http: http.optional() })
    .prefault({})
    .refine((it) => it.grpc !== undefined || it.http !== undefined, {
      error: 'must specify at least one protocol when using the OTLP receiver',
    }),
})

const retry = z.strictObject({
  enabled: z.boolean().default(true),
  initial_interval: duration().prefault('5s'),
  max_interval: duration().prefault('30s'),
})

const otlpHttp = z.strictObject({
  endpoint: httpUrl(),
  compression: z.enum(['gzip', 'zstd', 'none']).default('gzip'),
  timeout: duration().prefault('30s'),
  headers: headers().prefault({}),
  api_key: secret().optional(),
  retry_on_failure: retry.prefault({}),
})

const batch = z.strictObject({
  send_batch_size: z.int().nonnegative().default(8192),
  timeout: duration().prefault('200ms'),
  metadata_keys: stringList().prefault([]),
})

const burnRate = z.strictObject({
  objective: ratio(),
  short_window: duration().prefault('5m'),
  long_window: duration().prefault('1h'),
  threshold: z.number().positive().default(14.4),
})

const debug = z.strictObject({
  verbosity: z.enum(['basic', 'normal', 'detailed']).default('basic'),
})

/** A few components with realistic settings, for the tests of this folder. */
export const catalogue: SchemaCatalogue = {
  receivers: [
    { type: 'otlp', config: otlp },
    { type: 'kafka', config: z.unknown(), notYet: 'it needs the durable log' },
  ],
  processors: [
    { type: 'batch', config: batch },
    { type: 'burn_rate', config: burnRate },
  ],
  exporters: [
    { type: 'otlp_http', aliases: ['otlphttp'], config: otlpHttp },
    { type: 'debug', config: debug },
  ],
}
