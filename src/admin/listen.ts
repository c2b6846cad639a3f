import type { FastifyInstance } from 'fastify'
import { type Endpoint, formatEndpoint } from '../config/endpoint.ts'

/** A server, listening. */
export interface Listening {
  /** `http://127.0.0.1:13133` */
  readonly url: string
  close(): Promise<void>
}

/**
 * Listens; rejects where that cannot be.
 *
 * @param what the server, for the error: `the admin server`
 */
export async function listen(
  app: FastifyInstance,
  endpoint: Endpoint,
  what: string,
): Promise<Listening> {
  try {
    await listenAt(app, endpoint)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot start ${what}: ${reason}`, { cause })
  }
  return { url: urlOf(app, endpoint), close: () => app.close() }
}

/** An empty host means every interface, also where the machine has no IPv6. */
async function listenAt(app: FastifyInstance, { host, port }: Endpoint): Promise<void> {
  try {
    await app.listen({ host: host === '' ? '::' : host, port })
  } catch (cause) {
    const isWithoutIpv6 = cause instanceof Error && /EAFNOSUPPORT|EADDRNOTAVAIL/.test(cause.message)
    if (host !== '' || !isWithoutIpv6) throw cause
    await app.listen({ host: '0.0.0.0', port })
  }
}

function urlOf(app: FastifyInstance, endpoint: Endpoint): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : endpoint.port
  const host = endpoint.host === '' ? 'localhost' : endpoint.host
  return `http://${formatEndpoint({ host, port })}`
}
