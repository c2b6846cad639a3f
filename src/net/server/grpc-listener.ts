import type { Http2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerOptions,
} from '@grpc/grpc-js'
import type { Delivery } from '../../component/delivery.ts'
import type { Heir, ListenAddress, Listeners, Place } from '../../component/listeners.ts'
import { Connections } from './connections.ts'
import { GrpcCall } from './grpc-call.ts'
import { grpcStatus } from './grpc-status.ts'
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
  /** Takes what a server before at the same address has still read. */
  inherit(delivery: Delivery): void
  /** What a {@link GrpcListener.leave} left open has to be closed. */
  ended(): void
}

/** What a connection may send before somebody reads it. HTTP/2's 64 KiB would slow large messages. */
const windowBytes = 256 * 1024

/** How long a client may take to go once every call is answered. */
const closingGraceMs = 1500

/**
 * gRPC over connections that we accept ourselves: counted, bound to any address, cut when needed, or
 * left to end by themselves while another server has the address.
 */
export class GrpcListener {
  readonly #injector: ConnectionInjector
  readonly #connections: Connections
  readonly #limits: GrpcLimits
  readonly #handlers: GrpcHandlers
  readonly #listeners: Listeners
  readonly #tuned = new WeakSet<Http2Session>()
  #place: Place | undefined
  #openCalls = 0
  #isClosing = false
  #grace: NodeJS.Timeout | undefined

  /** @param paths of the methods that there are; all are unary */
  constructor(
    paths: readonly string[],
    limits: GrpcLimits,
    handlers: GrpcHandlers,
    listeners: Listeners,
  ) {
    this.#limits = limits
    this.#listeners = listeners
    this.#handlers = handlers
    this.#connections = new Connections(limits.maxConnections)
    this.#injector = this.#grpcServer(paths).createConnectionInjector(
      ServerCredentials.createInsecure(),
    )
  }

  /**
   * Binds.
   *
   * @param key the setting that names the endpoint, for the sentence of a failure
   * @param done gets the URL with the real port, or why nothing listens
   */
  listen(address: ListenAddress, key: string, done: (listening: string | Error) => void): void {
    const { acceptError, inherit, ended } = this.#handlers
    const owner = { connected: this.#connected, acceptError, inherit, retire: this.#retire, ended }
    this.#place = this.#listeners.take(address, key, owner, (bound) => {
      if (typeof bound !== 'string') return done(bound)
      done(bound.startsWith('unix:') ? bound : `grpc://${bound}`)
    })
  }

  /**
   * Leaves the address to who comes after. Once somebody has come, clients are told to go (GOAWAY);
   * until then, and until their last answer, their connections go on being served.
   *
   * @returns who gets what is read from them; where nobody comes after, the rest is to {@link close}
   */
  leave(): Heir | undefined {
    return this.#place?.leave()
  }

  /**
   * Stops accepting and tells every client to go (GOAWAY); calls that are open are answered first.
   * Clients that do not go after the last answer are cut.
   *
   * @returns resolves when the last connection has closed
   */
  close(): Promise<void> {
    this.#place?.leave()
    this.#sendAway()
    return this.#connections.empty().finally(() => clearTimeout(this.#grace))
  }

  /** Closes everything now. */
  destroy(): void {
    this.#place?.leave()
    this.#place?.forget()
    this.#connections.destroy()
    this.#injector.destroy()
  }

  #retire = (): void => {
    this.#sendAway()
    void this.#connections.empty().then(() => {
      clearTimeout(this.#grace)
      this.#place?.forget()
    })
  }

  #sendAway(): void {
    this.#injector.destroy()
    this.#isClosing = true
    if (this.#openCalls === 0) this.#cutSoon()
  }

  #connected = (socket: Socket): void => {
    socket.on('error', ignored)
    socket.allowHalfOpen = false
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
