import { z } from 'zod'
import { duration } from '../../src/config/fields.ts'
import { grpcConfig } from './grpc-config.ts'
import { httpConfig } from './http-config.ts'

const protocols = z
  .strictObject({
    grpc: grpcConfig
      .nullable()
      .transform((value) => value ?? grpcConfig.parse({}))
      .optional()
      .describe('OTLP over gRPC. Present but empty means the defaults.'),
    http: httpConfig
      .nullable()
      .transform((value) => value ?? httpConfig.parse({}))
      .optional()
      .describe('OTLP over HTTP/1.1, protobuf and JSON. Present but empty means the defaults.'),
  })
  .nullable()
  .prefault({})
  .transform((it, context) => {
    if (it?.grpc !== undefined || it?.http !== undefined) return it
    const message = 'must specify at least one protocol when using the OTLP receiver'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .describe('What to listen for; at least one of both.')

export const config = z.strictObject({
  protocols,
  admission_timeout: duration()
    .prefault('2s')
    .describe('How long a request waits for memory before it is refused with a hint.'),
  acknowledge: z
    .enum(['memory', 'durable', 'downstream'])
    .optional()
    .describe(
      'When a client is answered: `memory`, the queue of every destination has it; `durable`, it is ' +
        'on disk; `downstream`, every destination has answered. Absent, `durable` where ' +
        'service.storage keeps requests, else `memory`.',
    ),
})

export type Config = z.output<typeof config>
