import { z } from 'zod'
import { duration, mib, sizeBytes } from '../../src/config/fields.ts'
import { comesLater, listenFields, withAddress } from './listen-config.ts'

/** A present but empty block means its defaults. */
const serverParameters = z.strictObject({
  max_connection_idle: duration()
    .prefault('0s')
    .describe('How long a connection may be without calls; 0 is for ever.'),
  max_connection_age: duration()
    .prefault('0s')
    .describe(
      'Age at which a connection is asked to go, ± 10 %, so that load spreads; 0 is never.',
    ),
  max_connection_age_grace: duration()
    .prefault('0s')
    .describe('Time that calls then have before the connection is cut; 0 is for ever.'),
  time: duration()
    .prefault('1m')
    .describe('How often clients are pinged; 0 is never. otelcol has 2h.'),
  timeout: duration()
    .prefault('20s')
    .describe('How long a ping may be unanswered before the connection is cut.'),
})

const enforcementPolicy = z.strictObject({
  min_time: duration()
    .prefault('5m')
    .describe('A client that pings more often is sent away with `too_many_pings`.'),
  permit_without_stream: z
    .boolean()
    .default(false)
    .describe('Whether clients may ping while they have no call open.'),
})

const keepalive = z.strictObject({
  server_parameters: serverParameters
    .prefault({})
    .describe('When connections are asked to go, and how dead ones are found.'),
  enforcement_policy: enforcementPolicy
    .optional()
    .describe('Limits pings of clients; without it, they ping as they like.'),
})

/** Settings of `protocols.grpc`. */
export const grpcConfig = z
  .strictObject({
    ...listenFields('localhost:4317'),
    max_recv_msg_size_mib: mib()
      .default(64)
      .describe('Largest message in MiB, as sent and decompressed. otelcol has 4.'),
    max_concurrent_streams: z
      .int()
      .positive()
      .default(1000)
      .describe('Calls that one connection may have open. otelcol has no limit.'),
    read_timeout: duration()
      .prefault('1m')
      .describe('Time for a whole message to arrive; 0 is none. Ours.'),
    read_buffer_size: sizeBytes().optional().describe('Accepted, and of no effect here.'),
    write_buffer_size: sizeBytes().optional().describe('Accepted, and of no effect here.'),
    keepalive: keepalive.prefault({}).describe('What keeps connections, and what ends them.'),
    include_metadata: z
      .boolean()
      .default(false)
      .describe('Whether metadata, credentials included, travels with the batch; never logged.'),
    tls: comesLater('TLS for clients'),
    auth: comesLater('authentication'),
    middlewares: comesLater('middlewares'),
  })
  .transform(withAddress)

export type GrpcConfig = z.output<typeof grpcConfig>
