import {
  type ChannelOptions,
  Client,
  type ClientUnaryCall,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js'
import { asBuffer } from '../../pdata/wire.ts'
import { maxAnswerBytes } from './http-client.ts'
import { timerMs } from './timer-ms.ts'
import type { TlsOptions } from './tls.ts'

/** How often and how long a silent connection is asked whether it still lives. */
export interface Keepalive {
  readonly timeMs: number
  readonly timeoutMs: number
  readonly withoutCalls: boolean
}

export interface GrpcClientOptions {
  /** As the resolvers of grpc-js read it. */
  readonly target: string
  /** Missing for plaintext. */
  readonly tls: TlsOptions | undefined
  /** Deadline of one call, in milliseconds; 0 is none. */
  readonly timeoutMs: number
  readonly compression: 'gzip' | 'none'
  readonly userAgent: string
  readonly balancer: 'round_robin' | 'pick_first'
  /** Whether a call waits for a connection, until its deadline, instead of failing at once. */
  readonly waitForReady: boolean
  readonly authority?: string
  readonly keepalive?: Keepalive
}

/** What a call came to. */
export type GrpcAnswer =
  | { readonly kind: 'ok'; readonly body: Uint8Array }
  | {
      readonly kind: 'failed'
      readonly code: number
      readonly message: string
      /** Bytes of `google.rpc.Status`, where the server sent some. */
      readonly details: Uint8Array | undefined
    }

/** A header of every call; the value of a name in `-bin` is bytes. */
export type GrpcHeader = readonly [name: string, value: string]

/**
 * Calls unary methods with bytes in and bytes out over one channel. It connects when needed and can
 * be used after `close`.
 */
export class GrpcClient {
  readonly #options: GrpcClientOptions
  readonly #metadata: Metadata
  readonly #calls = new Set<ClientUnaryCall>()
  #client: Client | undefined

  constructor(options: GrpcClientOptions, headers: readonly GrpcHeader[]) {
    this.#options = options
    this.#metadata = new Metadata({ waitForReady: options.waitForReady })
    for (const [name, value] of headers) {
      this.#metadata.set(name, name.endsWith('-bin') ? Buffer.from(value) : value)
    }
  }

  /** @param method such as `/package.Service/Method` */
  call(method: string, body: Uint8Array): Promise<GrpcAnswer> {
    this.#client ??= open(this.#options)
    const client = this.#client
    return new Promise((resolve) => {
      const call = client.makeUnaryRequest(
        method,
        asBuffer,
        identity,
        body,
        this.#metadata.clone(),
        deadline(this.#options.timeoutMs),
        (error, answer) => {
          this.#calls.delete(call)
          resolve(error ? failed(error) : { kind: 'ok', body: answer ?? new Uint8Array() })
        },
      )
      this.#calls.add(call)
    })
  }

  /** Lets the connection end after its last answer. */
  async close(): Promise<void> {
    this.#client?.close()
    this.#client = undefined
  }

  /** Breaks off every call, then the connection. */
  async destroy(): Promise<void> {
    for (const call of this.#calls) call.cancel()
    await this.close()
  }
}

function identity(bytes: Buffer): Buffer {
  return bytes
}

function deadline(timeoutMs: number): { deadline?: number } {
  return timeoutMs > 0 ? { deadline: Date.now() + timeoutMs } : {}
}

/** A `ServiceError` carries what the wire said; the prefix of its message is made by grpc-js. */
function failed({ code, details, metadata }: ServiceError): GrpcAnswer {
  const [status] = metadata?.get('grpc-status-details-bin') ?? []
  const bytes = typeof status === 'string' || status === undefined ? undefined : status
  return { kind: 'failed', code, message: details, details: bytes }
}

/** Retries wait outside, for seconds, so a broken connection is tried again sooner than that. */
const reconnectMs = { initial: 500, longest: 5000 }

function open(options: GrpcClientOptions): Client {
  const { target, tls, balancer, authority, keepalive, compression, userAgent } = options
  const { identity, gzip } = compressionAlgorithms
  const channel: ChannelOptions = {
    'grpc.primary_user_agent': userAgent,
    'grpc.default_compression_algorithm': compression === 'gzip' ? gzip : identity,
    'grpc.max_receive_message_length': maxAnswerBytes,
    'grpc.max_send_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': reconnectMs.initial,
    'grpc.max_reconnect_backoff_ms': reconnectMs.longest,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ [balancer]: {} }] }),
  }
  if (authority !== undefined) channel['grpc.default_authority'] = authority
  if (tls?.servername !== undefined) channel['grpc.ssl_target_name_override'] = tls.servername
  if (keepalive !== undefined) {
    channel['grpc.keepalive_time_ms'] = timerMs(keepalive.timeMs)
    channel['grpc.keepalive_timeout_ms'] = timerMs(keepalive.timeoutMs)
    channel['grpc.keepalive_permit_without_calls'] = keepalive.withoutCalls ? 1 : 0
  }
  return new Client(target, channelCredentials(tls), channel)
}

function channelCredentials(tls: TlsOptions | undefined) {
  if (tls === undefined) return credentials.createInsecure()
  const { secureContext, rejectUnauthorized } = tls
  return credentials.createFromSecureContext(secureContext, { rejectUnauthorized })
}
