import type { Settings } from '../../src/component/settings.ts'
import { oneAttempt, runningExporter } from '../../src/net/client/running-exporter.fixture.ts'
import { SendingQueue } from '../../src/net/client/sending-queue.ts'
import { config } from './config.ts'
import { OtlpGrpcDestination } from './destination.ts'
import { otlpGrpcExporter } from './index.ts'

/** The exporter at work; by default it tries once and tells each batch's own outcome. */
export function running(input: object, overrides: Partial<Settings> = {}, maxBytes?: number) {
  const parsed = config.parse({ tls: { insecure: true }, ...oneAttempt, ...input })
  return runningExporter(
    (settings) =>
      maxBytes === undefined
        ? otlpGrpcExporter.create(parsed, settings)
        : new SendingQueue(parsed, new OtlpGrpcDestination(parsed, settings, maxBytes), settings),
    overrides,
  )
}
