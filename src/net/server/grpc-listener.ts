import type { Http2Session, ServerHttp2Stream } from 'node:http2'
import { createServer, type Socket, type Server as TcpServer } from 'node:net'
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerOptions,
} from '@grpc/grpc-js'
import { Connections, probeAfterMs, refusable } from './connections.ts'
import { GrpcCall } from './grpc-call.ts'
import { grpcStatus } from './grpc-status.ts'
import { bind, type ListenAddress } from './listen-address.ts'
import type { PingPolicy } from './ping-policy.ts'

/** Times in milliseconds, where 0 is none. */
export interface GrpcLimits {
  readonly maxConnections: number
  /** Calls that one connection may have open. */
  readonly maxStreams: number
  readonly pingEveryMs: number
  readonly pingTimeoutMs: number
  readonly maxIdleMs: number
  readonly maxAgeMs: number
  readonly maxAgeGraceMs: number
  readonly pings: PingPolicy | undefined
}

export interface GrpcHandlers {
  call(call: GrpcCall): void
  /** A connection could not be taken, such as for want of file descriptors. */
  acceptError(cause: Error): void
  /** A call could not be taken because of a defect of ours; its client knows. */
  defect(cause: unknown): void
}

/** What a connection may send before somebody reads it. HTTP/2's 64 KiB would slow large messages. */
const windowBytes = 256 * 1024

/** How long a client may take to go once every call is answered. */
const closingGraceMs = 1500

/** gRPC over connections that we accept ourselves: counted, bound to any address, cut when needed. */
export class GrpcListener {
  readonly #server: TcpServer
  readonly #injector: ConnectionInjector
  readonly #connections: Connections
  readonly #closed: Promise<void>
  readonly #limits: GrpcLimits
  readonly #handlers: GrpcHandlers
  readonly #tuned = new WeakSet<Http2Session>()
  #openCalls = 0
  #isClosing = false
  #grace: NodeJS.Timeout | undefined

  /** @param paths of the methods that there are; all are unary */
  constructor(paths: readonly string[], limits: GrpcLimits, handlers: GrpcHandlers) {
    this.#limits = limits
    this.#handlers = handlers
    this.#connections = new Connections(limits.maxConnections)
    this.#injector = this.#grpcServer(paths).createConnectionInjector(
      ServerCredentials.createInsecure(),
    )
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: probeAfterMs }
    this.#server = createServer(options, this.#connected)
    this.#server.maxConnections = limits.maxConnections + refusable
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
      done(bound.startsWith('unix:') ? bound : `grpc://${bound}`)
    })
  }

  /**
   * Stops accepting and tells every client to go (GOAWAY); calls that are open are answered first.
   * Clients that do not go after the last answer are cut.
   *
   * @returns resolves when the last connection has closed
   */
  close(): Promise<void> {
    this.#injector.destroy()
    if (!this.#server.listening) {
      this.#server.once('listening', () => this.destroy())
      return Promise.resolve()
    }
    this.#server.close()
    this.#isClosing = true
    if (this.#openCalls === 0) this.#cutSoon()
    return this.#closed.finally(() => clearTimeout(this.#grace))
  }

  /** Closes everything now. */
  destroy(): void {
    if (this.#server.listening) this.#server.close()
    else this.#server.once('listening', () => this.#server.close())
    this.#connections.destroy()
    this.#injector.destroy()
  }

  #connected = (socket: Socket): void => {
    socket.on('error', ignored)
    if (this.#connections.add(socket)) this.#injector.injectConnection(socket)
    else socket.destroy()
  }

  /** Calls are taken before grpc-js reads anything of them; its own handlers are never reached. */
  #grpcServer(paths: readonly string[]): Server {
    const server = new Server({
      ...optionsOf(this.#limits),
      interceptors: [
        ({ path }, call) =>
          new ServerInterceptingCall(call, { start: () => this.#take(path, call) }),
      ],
    })
    const same = (bytes: Buffer) => bytes
    for (const path of paths) server.register(path, () => {}, same, same, 'unary')
    return server
  }

  #take(path: string, underlying: ServerInterceptingCallInterface): void {
    try {
      const call = new GrpcCall(path, underlying)
      this.#watch(call.stream)
      this.#handlers.call(call)
    } catch (cause) {
      underlying.sendStatus({ code: grpcStatus.internal, details: 'internal error' })
      this.#handlers.defect(cause)
    }
  }

  #watch(stream: ServerHttp2Stream): void {
    this.#openCalls++
    stream.once('close', () => {
      this.#openCalls--
      if (this.#isClosing && this.#openCalls === 0) this.#cutSoon()
    })
    const { session } = stream
    if (session === undefined) return
    this.#tune(session)
    this.#limits.pings?.opened(session, (callback) => stream.once('close', callback))
  }

  #cutSoon(): void {
    this.#grace ??= setTimeout(() => this.#connections.destroy(), closingGraceMs)
  }

  #tune(session: Http2Session): void {
    if (this.#tuned.has(session) || session.destroyed) return
    this.#tuned.add(session)
    session.settings({ initialWindowSize: windowBytes })
    session.setLocalWindowSize(windowBytes)
  }
}

/** A lost connection is told by `close`; an error without a listener would end the process. */
function ignored(): void {}

/** Longer than a timer of Node can be; grpc-js takes it as no limit. */
const unlimitedMs = 2 ** 31 - 1

function optionsOf(limits: GrpcLimits): ServerOptions {
  const finite = (ms: number) => (ms <= 0 ? unlimitedMs : Math.min(Math.ceil(ms), unlimitedMs))
  return {
    'grpc.enable_channelz': 0,
    'grpc.max_concurrent_streams': limits.maxStreams,
    'grpc.keepalive_time_ms': finite(limits.pingEveryMs),
    'grpc.keepalive_timeout_ms': finite(limits.pingTimeoutMs),
    'grpc.max_connection_idle_ms': finite(limits.maxIdleMs),
    'grpc.max_connection_age_ms': finite(limits.maxAgeMs),
    'grpc.max_connection_age_grace_ms': finite(limits.maxAgeGraceMs),
  }
}
