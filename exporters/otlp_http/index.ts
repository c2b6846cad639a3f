import { defineExporter } from '../../src/component/factory.ts'
import { SendingQueue } from '../../src/net/client/sending-queue.ts'
import { config } from './config.ts'
import { OtlpHttpDestination } from './destination.ts'

/** Sends what passes to an OTLP/HTTP server: another collector or a backend. */
export const otlpHttpExporter = defineExporter({
  type: 'otlp_http',
  aliases: ['otlphttp'],
  stability: 'beta',
  config,
  create(config, settings) {
    return new SendingQueue(config, new OtlpHttpDestination(config, settings), settings)
  },
})
