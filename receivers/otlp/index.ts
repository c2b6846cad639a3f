import { Observable } from 'rxjs'
import type { Delivery } from '../../src/component/delivery.ts'
import { defineReceiver } from '../../src/component/factory.ts'
import type { Settings } from '../../src/component/settings.ts'
import { Admission } from '../../src/net/server/admission.ts'
import { ListenerPool } from '../../src/net/server/listeners.ts'
import { type Config, config } from './config.ts'
import { OtlpGrpcServer } from './otlp-grpc-server.ts'
import { OtlpHttpServer } from './otlp-http-server.ts'
import { ReceiverTelemetry, sumOf } from './telemetry.ts'
import { Warnings } from './warnings.ts'

/** OTLP over gRPC and HTTP: traces, logs and metrics from SDKs and from other collectors. */
export const otlpReceiver = defineReceiver({
  type: 'otlp',
  config,
  create(config, settings) {
    const { signal, log } = settings
    const telemetry = {
      grpc: new ReceiverTelemetry(settings, 'grpc'),
      http: new ReceiverTelemetry(settings, 'http'),
    }
    let listening: readonly string[] = []
    settings.status(() => ({ listening, ...sumOf([telemetry.grpc, telemetry.http]) }))

    return new Observable<Delivery>((subscriber) => {
      if (signal.aborted) return subscriber.complete()
      const servers = serversOf(config, settings, telemetry, (it) => subscriber.next(it))
      const destroy = () => {
        for (const { server } of servers) server.destroy()
      }

      const drain = () => {
        const closed = Promise.all(servers.map(({ server }) => server.drain()))
        settings.closing(closed, () => setImmediate(destroy))
        subscriber.complete()
      }
      signal.addEventListener('abort', drain, { once: true })

      const bound = servers.map(({ name, server }) => listen(name, server, log))
      Promise.all(bound).then(
        (addresses) => {
          if (subscriber.closed) return
          listening = addresses
          settings.started(...addresses)
        },
        (cause) => subscriber.error(cause),
      )

      return () => {
        signal.removeEventListener('abort', drain)
        listening = []
        if (!signal.aborted) destroy()
      }
    })
  },
})

interface OtlpServer {
  listen(done: (listening: string | Error) => void): void
  drain(): Promise<void>
  destroy(): void
}

interface Named {
  readonly name: string
  readonly server: OtlpServer
}

function serversOf(
  { protocols: { grpc, http }, admission_timeout, acknowledge }: Config,
  settings: Settings,
  telemetry: Readonly<Record<'grpc' | 'http', ReceiverTelemetry>>,
  deliver: (delivery: Delivery) => void,
): Named[] {
  const listeners = settings.listeners ?? new ListenerPool().generation()
  const admission = new Admission(settings.memory, settings.scheduler, admission_timeout)
  const shared = { admission, warnings: new Warnings(settings), deliver, listeners, acknowledge }
  const servers: Named[] = []
  if (http !== undefined) {
    const mine = { ...shared, telemetry: telemetry.http }
    servers.push({ name: 'HTTP', server: new OtlpHttpServer(http, settings, mine) })
  }
  if (grpc !== undefined) {
    const mine = { ...shared, telemetry: telemetry.grpc }
    servers.push({ name: 'GRPC', server: new OtlpGrpcServer(grpc, settings, mine) })
  }
  return servers
}

/** Resolves to where the server listens, in otelcol's words in the log. */
function listen(name: string, server: OtlpServer, log: Settings['log']): Promise<string> {
  return new Promise((resolve, reject) => {
    server.listen((bound) => {
      if (typeof bound !== 'string') return reject(bound)
      log.info({ endpoint: bound.replace(/^(\w+:\/\/|unix:)/, '') }, `Starting ${name} server`)
      resolve(bound)
    })
  })
}
