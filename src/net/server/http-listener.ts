import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Delivery } from '../../component/delivery.ts'
import type { Heir, ListenAddress, Listeners, Place } from '../../component/listeners.ts'
import { Connections, refusedMs } from './connections.ts'

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
  /** Takes what a server before at the same address has still read. */
  inherit(delivery: Delivery): void
  /** What a {@link HttpListener.leave} left open has to be closed. */
  ended(): void
}

/** How long a connection may stay that is in the middle of its headers when the server closes. */
const closingGraceMs = 1500

/**
 * An HTTP/1.1 server that knows its connections, so that it can close politely or at once, or leave
 * its address to the next one.
 */
export class HttpListener {
  readonly #server: Server
  readonly #connections: Connections
  readonly #excess = new WeakSet<Socket>()
  readonly #handlers: HttpHandlers
  readonly #listeners: Listeners
  #place: Place | undefined
  #isRetired = false

  constructor(limits: HttpLimits, handlers: HttpHandlers, listeners: Listeners) {
    this.#handlers = handlers
    this.#listeners = listeners
    this.#connections = new Connections(limits.maxConnections)
    this.#server = createServer(timeouts(limits))
    // A client that has sent its whole request may close its half and still gets the answer.
    Object.assign(this.#server, { httpAllowHalfOpen: true })
    this.#server.on('request', (request, response) => this.#take(request, response, false))
    this.#server.on('checkContinue', (request, response) => this.#take(request, response, true))
    this.#server.on('connection', this.#watch)
    // It gets its connections from us and binds nothing; from here on it keeps to its timeouts.
    this.#server.emit('listening')
  }

  /** Whether another serves the address, and connections should end with their next answer. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  /**
   * Binds.
   *
   * @param key the setting that names the endpoint, for the sentence of a failure
   * @param done gets the URL with the real port, or why nothing listens
   */
  listen(address: ListenAddress, key: string, done: (listening: string | Error) => void): void {
    const { acceptError, inherit, ended } = this.#handlers
    const retire = () => {
      this.#isRetired = true
      void this.#connections.empty().then(() => this.#place?.forget())
    }
    const owner = { connected: this.#connected, acceptError, inherit, retire, ended }
    this.#place = this.#listeners.take(address, key, owner, (bound) => {
      if (typeof bound !== 'string') return done(bound)
      done(bound.startsWith('unix:') ? bound : `http://${bound}`)
    })
  }

  /**
   * Leaves the address to who comes after; open connections go on being served until they end.
   *
   * @returns who gets what is read from them; where nobody comes after, the rest is to {@link close}
   */
  leave(): Heir | undefined {
    return this.#place?.leave()
  }

  /**
   * Stops accepting and closes what is idle. Requests that run keep their connection.
   *
   * @param busy the connections on which a request still waits for its answer
   * @returns resolves when the last connection has closed
   */
  close(busy: () => ReadonlySet<Socket>): Promise<void> {
    this.#place?.leave()
    this.#server.close()
    const grace = setTimeout(() => this.#connections.destroy(busy()), closingGraceMs)
    return this.#connections.empty().finally(() => clearTimeout(grace))
  }

  /** Closes everything now. */
  destroy(): void {
    this.#place?.leave()
    this.#place?.forget()
    this.#server.close()
    this.#connections.destroy()
  }

  #connected = (socket: Socket): void => {
    if (this.#connections.isFull) socket.destroy()
    else this.#server.emit('connection', socket)
  }

  #watch = (socket: Socket): void => {
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
