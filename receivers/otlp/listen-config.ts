import { isIP } from 'node:net'
import { z } from 'zod'
import type { ListenAddress } from '../../src/component/listeners.ts'
import { parseEndpoint } from '../../src/config/endpoint.ts'

/** A setting that otelcol has and this receiver does not have yet: no value of it is accepted. */
export function comesLater(what: string) {
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value === undefined || value === null) return
      context.addIssue({ code: 'custom', message: `${what} comes later: leave it out for now` })
    })
    .describe('Comes later; setting it is a configuration error.')
}

const transports = ['tcp', 'tcp4', 'tcp6', 'unix'] as const
type Transport = (typeof transports)[number]

const transport = z
  .string()
  .transform((value, context): Transport => {
    const known = transports.find((it) => it === value)
    if (known !== undefined) return known
    const later = value === 'npipe' ? 'npipe comes later: ' : ''
    const message = `${later}is ${transports.join(', ')}`
    context.addIssue({ code: 'custom', message, input: value })
    return z.NEVER
  })
  .prefault('tcp')
  .describe('Kind of socket: `tcp`, `tcp4`, `tcp6` or `unix`.')

/** The settings that say where to listen; {@link withAddress} makes one address of them. */
export function listenFields(endpoint: string) {
  return {
    endpoint: z
      .string()
      .default(endpoint)
      .describe(
        'Where to listen. An empty host lets other machines in, port 0 is a free one; ' +
          'with `transport: unix` the path of a socket.',
      ),
    transport,
    max_connections: z
      .int()
      .positive()
      .default(20_000)
      .describe('Connections that may be open; a further one is refused. otelcol has no limit.'),
  }
}

/** Reads the endpoint as its transport wants it. */
export function withAddress<T extends { endpoint: string; transport: Transport }>(
  { endpoint, transport, ...rest }: T,
  context: z.RefinementCtx,
) {
  const address = addressOf(endpoint, transport)
  if (typeof address !== 'string') return { ...rest, address }
  context.addIssue({ code: 'custom', message: address, path: ['endpoint'], input: endpoint })
  return z.NEVER
}

function addressOf(endpoint: string, transport: Transport): ListenAddress | string {
  if (transport === 'unix') {
    return endpoint === '' ? 'must be the path of a socket' : { kind: 'unix', path: endpoint }
  }
  const parsed = parseEndpoint(endpoint)
  if (typeof parsed === 'string' || transport === 'tcp') return withKind(parsed)
  const family = transport === 'tcp4' ? 4 : 6
  const isNamed = parsed.host !== '' && parsed.host !== 'localhost'
  if (isNamed && isIP(parsed.host) !== family) return `must be an IPv${family} address and a port`
  return { kind: 'tcp', ...parsed, family }
}

function withKind(parsed: ReturnType<typeof parseEndpoint>): ListenAddress | string {
  return typeof parsed === 'string' ? parsed : { kind: 'tcp', ...parsed }
}
