import type { IncomingMessage } from 'node:http'
import type { ClientMetadata } from '../../src/component/batch.ts'
import type { GrpcCall } from '../../src/net/server/grpc-call.ts'

type Headers = ClientMetadata['headers']

const noHeaders: Headers = new Map()

/**
 * What is known about clients. Without headers it is one object for each connection, so that batches
 * of one client can be told to be so.
 */
class Clients {
  readonly #known = new WeakMap<object, ClientMetadata>()

  of(connection: object, address: string | undefined): ClientMetadata {
    const known = this.#known.get(connection)
    if (known !== undefined) return known
    const client = { headers: noHeaders, address }
    this.#known.set(connection, client)
    return client
  }
}

/** Clients of an HTTP server, with all their headers where they are to be kept. */
export class HttpClients {
  readonly #includeHeaders: boolean
  readonly #clients = new Clients()

  constructor(includeHeaders: boolean) {
    this.#includeHeaders = includeHeaders
  }

  of({ socket, headersDistinct }: IncomingMessage): ClientMetadata {
    const address = socket.remoteAddress
    if (!this.#includeHeaders) return this.#clients.of(socket, address)
    const entries = Object.entries(headersDistinct).map(([name, it = []]) => [name, it] as const)
    return { headers: new Map(entries), address }
  }
}

/** Clients of a gRPC server, with their metadata and `:authority` as `host`. */
export class GrpcClients {
  readonly #includeHeaders: boolean
  readonly #clients = new Clients()

  constructor(includeHeaders: boolean) {
    this.#includeHeaders = includeHeaders
  }

  of({ stream, metadata, address, host }: GrpcCall): ClientMetadata {
    if (!this.#includeHeaders) return this.#clients.of(stream.session ?? stream, address)
    const headers = new Map<string, readonly string[]>()
    for (const name of Object.keys(metadata.getMap())) {
      headers.set(name, metadata.get(name).map(asText))
    }
    headers.set('host', [host])
    return { headers, address }
  }
}

/** Binary values as they travel. */
function asText(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('base64')
}
