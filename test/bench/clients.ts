import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { Agent, request } from 'undici'
import { detailsOf } from '../../receivers/otlp/testing/grpc-client.ts'

export type Protocol = 'http' | 'grpc'

/** What a client was told: 200, 503 with a hint, another status, or 0 where it was told nothing. */
export interface Told {
  readonly status: number
  /** Seconds until it is asked to come again. */
  readonly retryAfterSeconds?: number
}

/** Sends requests: the same again and again, unless it is given another. */
export interface BenchClient {
  post(body?: Uint8Array): Promise<Told>
  close(): Promise<void>
}

export interface ClientOptions {
  readonly protocol: Protocol
  /** URL of the endpoint, without a path. */
  readonly url: string
  readonly body: Uint8Array
  readonly contentType?: string
  readonly connections: number
}

/** How long a refused client waits; shorter than its hint, so that no round waits for one client. */
const againMs = 5

/** Sends a request until it is taken over; resolves to how long the last try waited for its answer. */
export async function postUntilTaken(client: BenchClient, body?: Uint8Array): Promise<number> {
  for (;;) {
    const sentMs = performance.now()
    const { status } = await client.post(body)
    if (status === 200) return performance.now() - sentMs
    if (status !== 503 && status !== 429) throw new Error(`the middle answered ${status}`)
    await sleep(againMs)
  }
}

/** A client over HTTP or gRPC with so many connections; each HTTP one carries one request at a time. */
export function benchClient(options: ClientOptions): BenchClient {
  return options.protocol === 'http' ? httpClient(options) : grpcClient(options)
}

function httpClient({ url, body: usual, contentType, connections }: ClientOptions): BenchClient {
  const dispatcher = new Agent({ connections, pipelining: 1 })
  const headers = { 'content-type': contentType ?? 'application/x-protobuf' }
  return {
    async post(body = usual) {
      try {
        const answer = await request(`${url}/v1/traces`, {
          method: 'POST',
          headers,
          body,
          dispatcher,
        })
        await answer.body.dump()
        const hint = answer.headers['retry-after']
        const told = { status: answer.statusCode }
        return hint === undefined ? told : { ...told, retryAfterSeconds: Number(hint) }
      } catch {
        return { status: 0 }
      }
    },
    close: () => dispatcher.destroy(),
  }
}

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const same = (bytes: Buffer) => bytes

/** gRPC status codes as the HTTP statuses that mean the same to a client. */
const statusOf: Readonly<Record<number, number>> = { 0: 200, 8: 429, 14: 503 }

function grpcClient({ url, body: usual, connections }: ClientOptions): BenchClient {
  const target = new URL(url).host
  const options = { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0 }
  const clients = Array.from(
    { length: connections },
    () => new Client(target, credentials.createInsecure(), options),
  )
  let turn = 0
  return {
    post: (body = usual) =>
      new Promise((resolve) => {
        const client = clients[turn++ % clients.length]
        const message = Buffer.from(body.buffer, body.byteOffset, body.length)
        client?.makeUnaryRequest(path, same, same, message, new Metadata(), (error) => {
          if (error === null) return resolve({ status: 200 })
          const [details] = error.metadata.get('grpc-status-details-bin')
          const hint = Buffer.isBuffer(details) ? detailsOf(details).retryAfterMs : undefined
          const told = { status: statusOf[error.code] ?? 0 }
          resolve(hint === undefined ? told : { ...told, retryAfterSeconds: hint / 1_000 })
        })
      }),
    async close() {
      for (const client of clients) client.close()
    },
  }
}
