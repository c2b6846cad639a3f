import { defineExporter } from '../../src/component/factory.ts'
import { SendingQueue } from '../../src/net/client/sending-queue.ts'
import { config } from './config.ts'
import { OtlpGrpcDestination } from './destination.ts'

/** Sends what passes to an OTLP/gRPC server: another collector or a backend. */
export const otlpGrpcExporter = defineExporter({
  type: 'otlp_grpc',
  aliases: ['otlp'],
  stability: 'beta',
  config,
  create(config, settings) {
    return new SendingQueue(config, new OtlpGrpcDestination(config, settings), settings)
  },
})
