import type { Signal } from '../../src/pdata/signal.ts'
import { OtlpServer } from '../support/otlp-server.ts'
import { type Ours, startOurs } from './ours.ts'
import { Upstream } from './upstream.ts'

export type Transport = 'http' | 'grpc'

/** An upstream collector, ours, an upstream collector and a capture, in this order. */
export class Chain implements AsyncDisposable {
  /** Where the first collector takes OTLP/HTTP. */
  readonly first: string
  readonly capture: OtlpServer
  readonly ours: Ours
  readonly #stops: readonly (() => Promise<unknown>)[]

  constructor(before: Upstream, ours: Ours, behind: Upstream, capture: OtlpServer) {
    this.first = before.http
    this.ours = ours
    this.capture = capture
    this.#stops = [
      () => before.stop(),
      () => ours.collector.stop(),
      () => behind.stop(),
      () => capture.close(),
    ]
  }

  /**
   * @param before how we are spoken to
   * @param behind how we speak
   * @param processor of the first collector, if it has one
   */
  static async start(
    binary: string,
    before: Transport,
    behind: Transport,
    processor = '',
  ): Promise<Chain> {
    const capture = await OtlpServer.open()
    const last = await Upstream.start(binary, { exporter: overHttp(capture.url) })
    const ours = await startOurs(over(behind, last))
    const first = await Upstream.start(binary, { exporter: over(before, ours), processor })
    return new Chain(first, ours, last, capture)
  }

  /** From the front, so that what is under way arrives. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) await stop()
  }
}

/** Sends a request as an SDK would, and insists on 200. */
export async function post(url: string, signal: Signal, body: Uint8Array): Promise<void> {
  const answer = await fetch(`${url}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  })
  if (answer.ok) return
  throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`)
}

/** Keeps what a sender sent, and hands it on as it came. */
export async function tapBefore(target: string): Promise<OtlpServer> {
  return OtlpServer.open((_nth, response, { path, contentType, body }) => {
    const headers = { 'content-type': contentType }
    fetch(`${target}${path}`, { method: 'POST', headers, body }).then(
      async (answer) => {
        response.writeHead(answer.status, { 'content-type': contentType })
        response.end(Buffer.from(await answer.arrayBuffer()))
      },
      () => response.destroy(),
    )
  })
}

function over(
  transport: Transport,
  to: { readonly http: string; readonly grpc?: string | undefined },
) {
  if (transport === 'http') return overHttp(to.http)
  if (to.grpc === undefined) throw new Error('there is nothing that takes gRPC')
  return `otlp_grpc: { endpoint: "${to.grpc}", tls: { insecure: true } }`
}

function overHttp(url: string): string {
  return `otlp_http: { endpoint: "${url}" }`
}
