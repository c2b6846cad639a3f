import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Endpoint, formatEndpoint } from '../../config/fields.ts'

/** Limits of time, in milliseconds; 0 is none. */
export interface HttpTimeouts {
  /** For the line and the headers of a request. */
  readonly headersMs: number
  /** For a whole request, its body included. */
  readonly requestMs: number
  /** For a connection between two requests. */
  readonly idleMs: number
}

/** Takes a request; `isExpectant` is one that waits for `100 Continue` before it sends its body. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  isExpectant: boolean,
) => void

/** How long a connection may stay that is in the middle of its headers when the server closes. */
const closingGraceMs = 1500

/** An HTTP/1.1 server that knows its connections, so that it can close politely or at once. */
export class HttpListener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #closed: Promise<void>
  readonly #onAcceptError: (cause: Error) => void

  /** @param onAcceptError a connection could not be taken, such as for want of file descriptors */
  constructor(
    timeouts: HttpTimeouts,
    handle: RequestHandler,
    onAcceptError: (cause: Error) => void = () => {},
  ) {
    this.#onAcceptError = onAcceptError
    this.#server = createServer({ ...limits(timeouts), noDelay: true })
    // A client that has sent its whole request may close its half and still gets the answer.
    Object.assign(this.#server, { httpAllowHalfOpen: true })
    this.#server.on('request', (request, response) => handle(request, response, false))
    this.#server.on('checkContinue', (request, response) => handle(request, response, true))
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#closed = new Promise((resolve) => this.#server.once('close', resolve))
  }

  /**
   * Binds. `localhost` is 127.0.0.1, as Go resolves it, whatever the hosts file puts first.
   *
   * @param key the setting that names the endpoint, for the sentence of a failure
   * @param done gets the URL with the real port, or why nothing listens
   */
  listen(endpoint: Endpoint, key: string, done: (listening: string | Error) => void): void {
    const host = endpoint.host === 'localhost' ? '127.0.0.1' : endpoint.host
    this.#server.once('error', (cause) => done(bindError(endpoint, key, cause)))
    this.#server.listen({ port: endpoint.port, ...(host === '' ? {} : { host }) }, () => {
      this.#server.removeAllListeners('error')
      this.#server.on('error', this.#onAcceptError)
      done(urlOf(this.#server.address()))
    })
  }

  /**
   * Stops accepting and closes what is idle. Requests that run keep their connection.
   *
   * @param busy the connections on which a request still waits for its answer
   * @returns resolves when the last connection has closed
   */
  close(busy: () => ReadonlySet<Socket>): Promise<void> {
    if (!this.#server.listening) {
      this.#server.once('listening', () => this.destroy())
      return Promise.resolve()
    }
    this.#server.close()
    const grace = setTimeout(() => {
      const kept = busy()
      for (const socket of this.#sockets) if (!kept.has(socket)) socket.destroy()
    }, closingGraceMs)
    return this.#closed.finally(() => clearTimeout(grace))
  }

  /** Closes everything now. */
  destroy(): void {
    if (this.#server.listening) this.#server.close()
    else this.#server.once('listening', () => this.#server.close())
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** In Node's words: whole milliseconds, and headers never later than the request they belong to. */
function limits({ headersMs, requestMs, idleMs }: HttpTimeouts) {
  const finite = [headersMs, requestMs].filter((it) => it > 0).map(Math.ceil)
  return {
    headersTimeout: finite.length === 0 ? 0 : Math.min(...finite),
    requestTimeout: Math.ceil(requestMs),
    keepAliveTimeout: Math.ceil(idleMs),
    // Node looks for expired connections only so often; twice as fine as the shortest limit is enough.
    connectionsCheckingInterval: Math.max(10, Math.min(30_000, ...finite.map((it) => it >> 1))),
  }
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return `unix:${address}`
  return `http://${formatEndpoint({ host: address.address, port: address.port })}`
}

const causes: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'it is in use by another program'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['EACCES', 'the user of this process may not use that port'],
  ['ENOTFOUND', 'the host has no address'],
])

function bindError(endpoint: Endpoint, key: string, cause: NodeJS.ErrnoException): Error {
  const why = causes.get(cause.code ?? '') ?? cause.message
  const sentence = `cannot listen on ${formatEndpoint(endpoint)}: ${why}; set ${key} to another endpoint`
  return new Error(sentence, { cause })
}
