import { z } from 'zod'
import { comesLater, duration, headers, privacy } from '../../src/config/fields.ts'
import { grpcFailure } from '../../src/net/client/grpc-code.ts'
import { headerProblem } from '../../src/net/client/grpc-header.ts'
import { noEndpoint, parseGrpcTarget } from '../../src/net/client/grpc-target.ts'
import { sendingQueue } from '../../src/net/client/queue-config.ts'
import { retryOnFailure } from '../../src/net/client/retry-config.ts'
import { clientTls } from '../../src/net/client/tls-config.ts'

const usualCodes =
  'CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE and DATA_LOSS, and RESOURCE_EXHAUSTED with RetryInfo'

export const config = z
  .strictObject({
    endpoint: target().describe(
      '`host:port`, alone or after `https://`, `http://` (plaintext) or `dns:///`; or `unix:///path`.',
    ),
    tls: clientTls().describe('How the server is checked. TLS is on unless `insecure` is set.'),
    compression: compression(),
    timeout: duration().prefault('5s').describe('Time for one attempt; 0 is no limit.'),
    headers: headers()
      .prefault({})
      .describe('Metadata of every call, as a map or a list of `{ name, value }`. Secret.'),
    keepalive: keepalive(),
    balancer_name: z
      .enum(['round_robin', 'pick_first'], { error: 'must be round_robin or pick_first' })
      .default('round_robin')
      .describe('Which of several addresses of a name is used: all in turn, or the first.'),
    wait_for_ready: z
      .boolean()
      .default(false)
      .describe('Whether an attempt waits for a connection, up to `timeout`.'),
    authority: z.string().min(1).optional().describe('The `:authority` to send, if not the host.'),
    user_agent: z
      .string()
      .regex(/^[ -~]+$/, 'must be printable ASCII')
      .optional()
      .describe('How we introduce ourselves, before what grpc-js adds.'),
    sending_queue: sendingQueue(),
    retry_on_failure: retryOnFailure(grpcFailure(), usualCodes),
    read_buffer_size: bufferSize(),
    write_buffer_size: bufferSize(),
    auth: comesLater('put the credential into headers'),
    middlewares: comesLater('leave it out'),
  })
  .superRefine((it, context) => {
    // Headers that have a problem already are still as written.
    if (!(it.headers instanceof Map)) return
    for (const [name, value] of it.headers) {
      const message = headerProblem(name, value.reveal())
      if (message === undefined) continue
      context.addIssue({ code: 'custom', path: ['headers', name], message })
    }
  })

export type Config = z.output<typeof config>

function target() {
  return z
    .string({ error: ({ input }) => (input === undefined ? noEndpoint : 'must be a text') })
    .transform((input, context) => {
      const found = parseGrpcTarget(input)
      if (typeof found !== 'string') return found
      context.addIssue({ code: 'custom', message: found, input })
      return z.NEVER
    })
    .register(privacy, { hides: 'credentials' })
}

const laterCompressions = ['zstd', 'snappy']

function compression() {
  return z
    .enum(['gzip', 'none', ''], {
      error: ({ input }) =>
        laterCompressions.includes(String(input))
          ? `${input} comes later and is not supported yet over gRPC: write gzip or none`
          : 'must be gzip or none',
    })
    .transform((it) => (it === '' ? 'none' : it))
    .prefault('gzip')
    .describe('`gzip` or `none`. Others come later.')
}

function keepalive() {
  return z
    .strictObject({
      time: duration().prefault('10s').describe('Silence after which the server is asked.'),
      timeout: duration().prefault('10s').describe('Time for its answer, else we reconnect.'),
      permit_without_stream: z
        .boolean()
        .default(false)
        .describe('Whether it is asked while no call is under way, too.'),
    })
    .optional()
    .describe('Pings on silent connections; none without this block.')
}

function bufferSize() {
  return z.int().nonnegative().optional().describe('Accepted; Node chooses its own sizes.')
}
