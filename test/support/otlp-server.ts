import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

/** One request as it came, decompressed. */
export interface Got {
  readonly path: string
  readonly contentType: string
  readonly encoding: string
  readonly body: Buffer
}

/** How a server answers its nth request; the default is an empty 200. */
export type Answer = (nth: number, response: ServerResponse, got: Got) => void

const ok: Answer = (_nth, response, { contentType }) => {
  response.writeHead(200, { 'content-type': contentType })
  response.end(contentType === 'application/json' ? '{}' : '')
}

/** A real OTLP/HTTP destination on a free port that keeps what it got. */
export class OtlpServer {
  readonly got: Got[] = []
  readonly url: string
  answer: Answer
  readonly #server: Server
  #watchers: (() => void)[] = []

  constructor(server: Server, url: string, answer: Answer) {
    this.#server = server
    this.url = url
    this.answer = answer
  }

  static async open(answer: Answer = ok, port = 0): Promise<OtlpServer> {
    const http = createServer((request, response) => void server.#take(request, response))
    http.listen(port, '127.0.0.1')
    await once(http, 'listening')
    const { port: bound } = http.address() as AddressInfo
    const server = new OtlpServer(http, `http://127.0.0.1:${bound}`, answer)
    return server
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Resolves as soon as `condition` holds; it is looked at after every request. */
  async until(condition: (got: readonly Got[]) => boolean): Promise<void> {
    while (!condition(this.got)) await new Promise<void>((resolve) => this.#watchers.push(resolve))
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const encoding = String(request.headers['content-encoding'] ?? '')
    const got = {
      path: request.url ?? '',
      contentType: String(request.headers['content-type'] ?? ''),
      encoding,
      body: decompressed(encoding, Buffer.concat(chunks)),
    }
    this.got.push(got)
    this.answer(this.got.length - 1, response, got)
    for (const watcher of this.#watchers.splice(0)) watcher()
  }
}

/** Answers 200. */
export const accept = ok

function decompressed(encoding: string, body: Buffer): Buffer {
  if (encoding === 'gzip') return gunzipSync(body)
  return encoding === 'zstd' ? zstdDecompressSync(body) : body
}
