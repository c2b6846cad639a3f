import type { Settings } from '../../src/component/settings.ts'
import { oneAttempt, runningExporter } from '../../src/net/client/running-exporter.fixture.ts'
import { SendingQueue } from '../../src/net/client/sending-queue.ts'
import { config } from './config.ts'
import { OtlpHttpDestination } from './destination.ts'
import { otlpHttpExporter } from './index.ts'

/** The exporter at work; by default it tries once and tells each batch's own outcome. */
export function running(input: object, overrides: Partial<Settings> = {}, maxBytes?: number) {
  const parsed = config.parse({ ...oneAttempt, ...input })
  return runningExporter(
    (settings) =>
      maxBytes === undefined
        ? otlpHttpExporter.create(parsed, settings)
        : new SendingQueue(parsed, new OtlpHttpDestination(parsed, settings, maxBytes), settings),
    overrides,
  )
}
