import type { Attributes } from '@opentelemetry/api'
import type { Batch, PipelineKind } from '../../src/component/batch.ts'
import { itemCount } from '../../src/component/batch.ts'
import type { Permanent, Retryable } from '../../src/component/delivery.ts'
import type { Settings } from '../../src/component/settings.ts'
import type { Answer, OutgoingRequest } from '../../src/net/client/answer.ts'
import { compress } from '../../src/net/client/compression.ts'
import type { Destination } from '../../src/net/client/destination.ts'
import { type HttpAnswer, HttpClient } from '../../src/net/client/http-client.ts'
import { isUnsendable, transportReason } from '../../src/net/client/http-client-error.ts'
import { LogLimit } from '../../src/net/client/log-limit.ts'
import { maxRequestBytes, tooLarge } from '../../src/net/client/request-size.ts'
import { tlsOptions } from '../../src/net/client/tls.ts'
import { userAgent } from '../../src/net/client/user-agent.ts'
import { toJson } from '../../src/pdata/json.ts'
import { encode, encodePieces, type Payload, splitByBytes } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { AnswerReader } from './answer-reader.ts'
import type { Config } from './config.ts'
import { type Target, targetsOf } from './targets.ts'

type Failure = Permanent | Retryable

/** An OTLP/HTTP server, or one for each signal. */
export class OtlpHttpDestination implements Destination {
  readonly #config: Config
  readonly #targets: ReadonlyMap<Signal, Target>
  readonly #client: HttpClient
  readonly #reader: AnswerReader
  readonly #maxBytes: number

  /** @param maxBytes largest request before compression */
  constructor(config: Config, settings: Settings, maxBytes = maxRequestBytes) {
    this.#config = config
    this.#maxBytes = maxBytes
    this.#targets = targetsOf(config, settings)
    const log = new LogLimit(settings.log, settings.scheduler)
    this.#reader = new AnswerReader(config, log, settings.scheduler)
    const isTls = [...this.#targets.values()].some((it) => it.url.protocol === 'https:')
    const { enabled, num_consumers } = config.sending_queue
    this.#client = new HttpClient({
      timeoutMs: config.timeout,
      idleMs: config.idle_conn_timeout,
      connections: Math.min(config.max_idle_conns, enabled ? num_consumers : 100),
      allowHttp2: config.force_attempt_http2,
      tls: isTls ? tlsOptions(config.tls) : undefined,
    })
    if (isTls && config.tls.insecure_skip_verify) {
      settings.log.warn({}, 'tls.insecure_skip_verify is set: any server is believed.')
    }
  }

  wants(batch: Batch): boolean {
    return batch.kind !== 'alerts' && itemCount(batch) > 0
  }

  attributes(kind: PipelineKind): Attributes {
    return kind === 'alerts' ? {} : (this.#targets.get(kind)?.attributes ?? {})
  }

  /** A batch that is too large is cut; what cannot be cut small enough is given up, and counted. */
  requests(batch: Batch): readonly OutgoingRequest[] {
    if (batch.kind === 'alerts') return []
    const target = this.#targets.get(batch.kind)
    if (target === undefined) throw new Error(`there is no endpoint for ${batch.kind}`)
    return splitByBytes(batch.payload, this.#maxBytes).map((payload) => ({
      items: payload.itemCount,
      part: payload,
      send: () => this.#send(payload, target),
    }))
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  destroy(): Promise<void> {
    return this.#client.destroy()
  }

  /**
   * One attempt. The body is made anew each time: compressing again costs little beside the wait
   * before a retry, and what waits holds no second copy.
   */
  async #send(payload: Payload, target: Target): Promise<Answer> {
    if (payload.sizeBytes > this.#maxBytes) return tooLarge(payload, this.#maxBytes)
    const body = await this.#body(payload)
    const answer = await this.#post(target, body)
    return 'kind' in answer ? answer : this.#reader.read(answer, payload.signal, target)
  }

  /** Only that no answer came is worth a retry: one that cannot be read has been given. */
  async #post(target: Target, body: readonly Uint8Array[]): Promise<HttpAnswer | Failure> {
    try {
      return await this.#client.post(target.url, this.#headers(target), body)
    } catch (cause) {
      const reason = `error exporting items, request to ${target.shown} failed: ${transportReason(cause, this.#config.timeout)}`
      if (isUnsendable(cause)) return { kind: 'permanent', reason, grpcStatus: 13 }
      return { kind: 'retryable', reason, grpcStatus: 14 }
    }
  }

  /** Pieces of the body; compression needs them joined. */
  async #body(payload: Payload): Promise<readonly Uint8Array[]> {
    const { encoding, compression, compression_params } = this.#config
    if (encoding === 'proto' && compression === 'none') return encodePieces(payload)
    const plain = encoding === 'proto' ? encode(payload) : Buffer.from(toJson(payload))
    return [await compress(plain, compression, compression_params.level)]
  }

  /** Configured headers come last, so they win. */
  #headers({ authorization }: Target): Record<string, string> {
    const { encoding, compression, headers } = this.#config
    const result: Record<string, string> = {
      'content-type': encoding === 'proto' ? 'application/x-protobuf' : 'application/json',
      'user-agent': userAgent,
    }
    if (compression !== 'none') result['content-encoding'] = compression
    if (authorization !== undefined) result.authorization = authorization
    for (const [name, value] of headers) result[name.toLowerCase()] = value.reveal()
    return result
  }
}
