import { Observable } from 'rxjs'
import type { Delivery } from '../../src/component/delivery.ts'
import { defineReceiver } from '../../src/component/factory.ts'
import { config } from './config.ts'
import { OtlpHttpServer } from './otlp-http-server.ts'
import { ReceiverTelemetry } from './telemetry.ts'

/** OTLP over HTTP: traces, logs and metrics from SDKs and from other collectors. */
export const otlpReceiver = defineReceiver({
  type: 'otlp',
  config,
  create(config, settings) {
    const { id, log, meter, signal } = settings
    const telemetry = new ReceiverTelemetry({ id, meter }, 'http')
    const listening: string[] = []
    settings.status(() => ({
      listening,
      requests: telemetry.requests(),
      unsettled: telemetry.unsettled,
    }))

    return new Observable<Delivery>((subscriber) => {
      if (signal.aborted) return subscriber.complete()
      const deliver = (delivery: Delivery) => subscriber.next(delivery)
      const server = new OtlpHttpServer(config, settings, telemetry, deliver)

      const drain = () => {
        settings.closing(server.drain(), () => setImmediate(() => server.destroy()))
        subscriber.complete()
      }
      signal.addEventListener('abort', drain, { once: true })

      if (config.protocols.grpc) log.warn({}, 'gRPC comes next: only HTTP listens')
      server.listen((bound) => {
        if (subscriber.closed) return
        if (typeof bound !== 'string') return subscriber.error(bound)
        listening.push(bound)
        log.info({ endpoint: new URL(bound).host }, 'Starting HTTP server')
        settings.started(bound)
      })

      return () => {
        signal.removeEventListener('abort', drain)
        listening.length = 0
        if (!signal.aborted) server.destroy()
      }
    })
  },
})
