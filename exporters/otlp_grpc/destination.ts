import type { Attributes } from '@opentelemetry/api'
import { type Batch, itemCount } from '../../src/component/batch.ts'
import type { Settings } from '../../src/component/settings.ts'
import type { Answer, OutgoingRequest } from '../../src/net/client/answer.ts'
import type { Destination } from '../../src/net/client/destination.ts'
import { GrpcClient } from '../../src/net/client/grpc-client.ts'
import { LogLimit } from '../../src/net/client/log-limit.ts'
import { maxRequestBytes, tooLarge } from '../../src/net/client/request-size.ts'
import { tlsOptions } from '../../src/net/client/tls.ts'
import { userAgent } from '../../src/net/client/user-agent.ts'
import { encode, type Payload, splitByBytes } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { AnswerReader } from './answer-reader.ts'
import type { Config } from './config.ts'

const methods: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
}

/** An OTLP/gRPC server. */
export class OtlpGrpcDestination implements Destination {
  readonly #client: GrpcClient
  readonly #reader: AnswerReader
  readonly #attributes: Attributes
  readonly #maxBytes: number

  /** @param maxBytes largest request before compression */
  constructor(config: Config, settings: Settings, maxBytes = maxRequestBytes) {
    const { target, address, port } = config.endpoint
    const isTls = isSecure(config)
    this.#maxBytes = maxBytes
    this.#attributes = { 'server.address': address, ...(port ? { 'server.port': port } : {}) }
    this.#client = new GrpcClient(clientOptions(config, isTls), headersOf(config))
    const log = new LogLimit(settings.log, settings.scheduler)
    const { extra_retryable_codes } = config.retry_on_failure
    this.#reader = new AnswerReader(extra_retryable_codes, target, log)
    if (isTls && config.tls.insecure_skip_verify) {
      settings.log.warn({}, 'tls.insecure_skip_verify is set: any server is believed.')
    }
  }

  wants(batch: Batch): boolean {
    return batch.kind !== 'alerts' && itemCount(batch) > 0
  }

  attributes(): Attributes {
    return this.#attributes
  }

  /** A batch that is too large is cut; what cannot be cut small enough is given up, and counted. */
  requests(batch: Batch): readonly OutgoingRequest[] {
    if (batch.kind === 'alerts') return []
    return splitByBytes(batch.payload, this.#maxBytes).map((payload) => ({
      items: payload.itemCount,
      part: payload,
      send: () => this.#send(payload),
    }))
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  destroy(): Promise<void> {
    return this.#client.destroy()
  }

  /** One attempt; encoded anew each time, so that what waits for a retry holds no second copy. */
  async #send(payload: Payload): Promise<Answer> {
    if (payload.sizeBytes > this.#maxBytes) return tooLarge(payload, this.#maxBytes)
    const answer = await this.#client.call(methods[payload.signal], encode(payload))
    return this.#reader.read(answer, payload.signal)
  }
}

/** The scheme decides; without one it is `tls.insecure`. */
function isSecure({ endpoint, tls }: Config): boolean {
  return endpoint.security === undefined ? !tls.insecure : endpoint.security === 'tls'
}

function clientOptions(config: Config, isTls: boolean) {
  const { endpoint, keepalive, authority, user_agent } = config
  return {
    target: endpoint.target,
    tls: isTls ? tlsOptions(config.tls) : undefined,
    timeoutMs: config.timeout,
    compression: config.compression,
    userAgent: user_agent ?? userAgent,
    balancer: config.balancer_name,
    waitForReady: config.wait_for_ready,
    ...(authority === undefined ? {} : { authority }),
    ...(keepalive === undefined
      ? {}
      : {
          keepalive: {
            timeMs: keepalive.time,
            timeoutMs: keepalive.timeout,
            withoutCalls: keepalive.permit_without_stream,
          },
        }),
  }
}

function headersOf({ headers }: Config): [string, string][] {
  return [...headers].map(([name, value]) => [name.toLowerCase(), value.reveal()])
}
