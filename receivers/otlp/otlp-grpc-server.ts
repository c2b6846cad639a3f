import type { Settings } from '../../src/component/settings.ts'
import type { GrpcCall } from '../../src/net/server/grpc-call.ts'
import {
  type GrpcHandlers,
  type GrpcLimits,
  GrpcListener,
} from '../../src/net/server/grpc-listener.ts'
import { grpcStatus } from '../../src/net/server/grpc-status.ts'
import { PingPolicy } from '../../src/net/server/ping-policy.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { GrpcClients } from './clients.ts'
import { unavailable } from './grpc-answers.ts'
import type { GrpcConfig } from './grpc-config.ts'
import { GrpcExchange, type GrpcExchanges } from './grpc-exchange.ts'
import { Intake } from './intake.ts'
import { inheriting, Outlet } from './outlet.ts'
import { floorBytes, type Shared } from './shared.ts'

const signals: ReadonlyMap<string, Signal> = new Map([
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'traces'],
  ['/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', 'metrics'],
  ['/opentelemetry.proto.collector.logs.v1.LogsService/Export', 'logs'],
])

/** The OTLP/gRPC server of one receiver: from binding to the last answer. */
export class OtlpGrpcServer {
  readonly #config: GrpcConfig
  readonly #id: string
  readonly #wanted: ReadonlySet<string>
  readonly #exchanges: GrpcExchanges
  readonly #listener: GrpcListener
  readonly #outlet: Outlet
  #isClosing = false

  constructor(config: GrpcConfig, { id, kinds, log, scheduler }: Settings, shared: Shared) {
    const { telemetry, warnings, admission } = shared
    this.#config = config
    this.#outlet = new Outlet(shared)
    this.#id = id
    this.#wanted = new Set(kinds)
    const clients = new GrpcClients(config.include_metadata)
    this.#exchanges = {
      limits: {
        maxBytes: config.max_recv_msg_size_mib * 2 ** 20,
        floorBytes,
        admission,
        readMs: config.read_timeout,
      },
      intake: new Intake(floorBytes, { ...shared, deliver: this.#outlet.deliver }, log),
      telemetry,
      warnings,
      reading: new Set(),
      clientOf: (call) => clients.of(call),
    }
    const handlers: GrpcHandlers = {
      call: this.#take,
      acceptError: (cause) => log.warn({ err: cause }, 'could not accept a connection'),
      defect: (cause) => {
        log.error({ err: cause }, 'could not take a call')
        telemetry.failed()
      },
      inherit: inheriting(kinds, shared),
      ended: () => void this.#close(),
    }
    const limits = limitsOf(config, scheduler)
    this.#listener = new GrpcListener([...signals.keys()], limits, handlers, shared.listeners)
  }

  /** @param done gets the URL with the real port, or why nothing listens */
  listen(done: (listening: string | Error) => void): void {
    const key = `receivers.${this.#id}.protocols.grpc.endpoint`
    this.#listener.listen(this.#config.address, key, done)
  }

  /**
   * Leaves the address to who comes after, who gets what is still read. Where nobody does it stops
   * accepting and sends GOAWAY: calls whose message is still coming are refused, delivered ones are
   * answered when they are settled.
   *
   * @returns resolves when the last connection has closed, or is no concern of this receiver's
   */
  drain(): Promise<void> {
    this.#outlet.leave(this.#listener.leave())
    return this.#outlet.hasHeir ? Promise.resolve() : this.#close()
  }

  #close(): Promise<void> {
    this.#isClosing = true
    const closed = this.#listener.close()
    for (const exchange of [...this.#exchanges.reading]) exchange.shutDown()
    return closed
  }

  /** Closes everything now, without answers, but for what was left to another. */
  destroy(): void {
    if (this.#outlet.hasHeir) return
    this.#isClosing = true
    for (const exchange of [...this.#exchanges.reading]) exchange.abandon()
    this.#listener.destroy()
  }

  #take = (call: GrpcCall): void => {
    const { telemetry } = this.#exchanges
    const signal = signals.get(call.path)
    if (this.#isClosing) {
      telemetry.rejected('shutting_down')
      call.fail(unavailable('shutting down'))
    } else if (signal === undefined || !this.#wanted.has(signal)) {
      telemetry.rejected('no_such_path')
      const message = `no pipeline takes ${signal} from this receiver`
      call.fail({ code: grpcStatus.unimplemented, message })
    } else new GrpcExchange(call, signal, this.#exchanges).start()
  }
}

function limitsOf(config: GrpcConfig, scheduler: Settings['scheduler']): GrpcLimits {
  const { server_parameters, enforcement_policy } = config.keepalive
  return {
    maxConnections: config.max_connections,
    maxStreams: config.max_concurrent_streams,
    pingEveryMs: server_parameters.time,
    pingTimeoutMs: server_parameters.timeout,
    maxIdleMs: server_parameters.max_connection_idle,
    maxAgeMs: server_parameters.max_connection_age,
    maxAgeGraceMs: server_parameters.max_connection_age_grace,
    pings: enforcement_policy && new PingPolicy(enforcement_policy, scheduler),
  }
}
