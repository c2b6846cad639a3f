import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Connections, probeAfterMs, refusable, refusedMs } from './connections.ts'
import { bind, type ListenAddress } from './listen-address.ts'

/** Limits of time, in milliseconds, where 0 is none; and of connections. */
export interface HttpLimits {
  /** For the line and the headers of a request. */
  readonly headersMs: number
  /** For a whole request, its body included. */
  readonly requestMs: number
  /** For a connection between two requests. */
  readonly idleMs: number
  /** Connections that may be open; a further one is told so and closed. */
  readonly maxConnections: number
}

/** What an HTTP server does with what comes. */
export interface HttpHandlers {
  /** Takes a request; `isExpectant` is one that waits for `100 Continue` before it sends its body. */
  request(request: IncomingMessage, response: ServerResponse, isExpectant: boolean): void
  /** Refuses a request since its connection is one too many; the answer must be the last. */
  excess(request: IncomingMessage, response: ServerResponse): void
  /** A connection could not be taken, such as for want of file descriptors. */
  acceptError(cause: Error): void
  /** Our own code threw on a request. */
  defect(cause: unknown): void
}

/** How long a connection may stay that is in the middle of its headers when the server closes. */
const closingGraceMs = 1500

/** An HTTP/1.1 server that knows its connections, so that it can close politely or at once. */
export class HttpListener {
  readonly #server: Server
  readonly #connections: Connections
  readonly #excess = new WeakSet<Socket>()
  readonly #closed: Promise<void>
  readonly #handlers: HttpHandlers

  constructor(limits: HttpLimits, handlers: HttpHandlers) {
    this.#handlers = handlers
    this.#connections = new Connections(limits.maxConnections)
    this.#server = createServer({
      ...timeouts(limits),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: probeAfterMs,
    })
    this.#server.maxConnections = limits.maxConnections + refusable
    // A client that has sent its whole request may close its half and still gets the answer.
    Object.assign(this.#server, { httpAllowHalfOpen: true })
    this.#server.on('request', (request, response) => this.#take(request, response, false))
    this.#server.on('checkContinue', (request, response) => this.#take(request, response, true))
    this.#server.on('connection', this.#connected)
    this.#closed = new Promise((resolve) => this.#server.once('close', resolve))
  }

  /**
   * Binds.
   *
   * @param key the setting that names the endpoint, for the sentence of a failure
   * @param done gets the URL with the real port, or why nothing listens
   */
  listen(address: ListenAddress, key: string, done: (listening: string | Error) => void): void {
    bind(this.#server, address, key, (bound) => {
      if (typeof bound !== 'string') return done(bound)
      this.#server.on('error', this.#handlers.acceptError)
      done(bound.startsWith('unix:') ? bound : `http://${bound}`)
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
    const grace = setTimeout(() => this.#connections.destroy(busy()), closingGraceMs)
    return this.#closed.finally(() => clearTimeout(grace))
  }

  /** Closes everything now. */
  destroy(): void {
    if (this.#server.listening) this.#server.close()
    else this.#server.once('listening', () => this.#server.close())
    this.#connections.destroy()
  }

  #connected = (socket: Socket): void => {
    if (this.#connections.add(socket)) return
    this.#excess.add(socket)
    const cut = setTimeout(() => socket.destroy(), refusedMs)
    socket.once('close', () => clearTimeout(cut))
  }

  #take(request: IncomingMessage, response: ServerResponse, isExpectant: boolean): void {
    try {
      if (this.#excess.has(request.socket)) this.#handlers.excess(request, response)
      else this.#handlers.request(request, response, isExpectant)
    } catch (cause) {
      // A defect of ours costs this one client its connection, not everybody theirs.
      this.#handlers.defect(cause)
      request.socket.destroy()
    }
  }
}

/** In Node's words: whole milliseconds, and headers never later than the request they belong to. */
function timeouts({ headersMs, requestMs, idleMs }: HttpLimits) {
  const finite = [headersMs, requestMs].filter((it) => it > 0).map(Math.ceil)
  return {
    headersTimeout: finite.length === 0 ? 0 : Math.min(...finite),
    requestTimeout: Math.ceil(requestMs),
    keepAliveTimeout: Math.ceil(idleMs),
    // Node looks for expired connections only so often; twice as fine as the shortest limit is enough.
    connectionsCheckingInterval: Math.max(10, Math.min(30_000, ...finite.map((it) => it >> 1))),
  }
}
