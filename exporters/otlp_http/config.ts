import { z } from 'zod'
import { comesLater, duration, headers, httpUrl } from '../../src/config/fields.ts'
import { compression, compressionParams, levelProblem } from '../../src/net/client/compression.ts'
import { connectionHeaderProblem } from '../../src/net/client/connection-header.ts'
import { sendingQueue } from '../../src/net/client/queue-config.ts'
import { httpFailure, retryOnFailure } from '../../src/net/client/retry-config.ts'
import { clientTls } from '../../src/net/client/tls-config.ts'
import { credentialsProblem } from './targets.ts'

const endpoints = ['endpoint', 'traces_endpoint', 'logs_endpoint', 'metrics_endpoint'] as const

export const config = z
  .strictObject({
    endpoint: httpUrl()
      .optional()
      .describe('Base URL; `/v1/traces`, `/v1/logs` or `/v1/metrics` is appended.'),
    traces_endpoint: httpUrl().optional().describe('URL for traces, used as it stands.'),
    logs_endpoint: httpUrl().optional().describe('URL for logs, used as it stands.'),
    metrics_endpoint: httpUrl().optional().describe('URL for metrics, used as it stands.'),
    profiles_endpoint: comesLater('there are no profiles pipelines'),
    encoding: z.enum(['proto', 'json']).default('proto').describe('`proto` or `json`.'),
    compression: compression().prefault('gzip'),
    compression_params: compressionParams().describe('Fine tuning of the compression.'),
    timeout: duration().prefault('30s').describe('Time for one attempt; 0 is no limit.'),
    headers: headers()
      .prefault({})
      .describe(
        'Headers of every request, as a map or a list of `{ name, value }`; they win. Secret.',
      ),
    tls: clientTls(),
    sending_queue: sendingQueue(),
    retry_on_failure: retryOnFailure(httpFailure(), '429, 502, 503 and 504'),
    max_idle_conns: z
      .int()
      .positive()
      .default(100)
      .describe('Most connections to one server; no more than requests in flight.'),
    idle_conn_timeout: duration().prefault('90s').describe('How long an idle connection is kept.'),
    force_attempt_http2: z
      .boolean()
      .default(true)
      .describe('Whether HTTP/2 is offered to `https://` servers.'),
    proxy_url: comesLater('connect directly'),
    auth: comesLater('put the credential into headers'),
    middlewares: comesLater('leave it out'),
    cookies: comesLater('leave it out'),
  })
  .superRefine((it, context) => {
    const check = (message: string | undefined, ...path: string[]) => {
      if (message !== undefined) context.addIssue({ code: 'custom', path, message })
    }
    if (endpoints.every((key) => !it[key])) {
      check('at least one endpoint must be specified', 'endpoint')
    }
    for (const key of endpoints) check(credentialsProblem(it[key]), key)
    for (const name of headerNames(it.headers)) {
      check(connectionHeaderProblem(name), 'headers', name)
    }
    const { level } = it.compression_params
    check(levelProblem(it.compression, level), 'compression_params', 'level')
  })

/** None where the headers have a problem already, for then they are still as written. */
function headerNames(headers: unknown): string[] {
  return headers instanceof Map ? [...headers.keys()] : []
}

export type Config = z.output<typeof config>
