import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'

/** How a destination answers its nth request; only what is answered with 200 counts as arrived. */
export type Behaviour = (response: ServerResponse, nth: number) => void

export const takes: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
}

export const isDown: Behaviour = (response) => void response.writeHead(503).end()

/** A real OTLP/HTTP server that remembers which spans came, and how often, and no bodies. */
export class Destination {
  readonly url: string
  behaviour: Behaviour
  readonly #times = new Map<string, number>()
  readonly #watchers = new Set<() => void>()
  readonly #server: Server
  #requests = 0

  private constructor(server: Server, behaviour: Behaviour) {
    this.#server = server
    this.behaviour = behaviour
    const { port } = server.address() as AddressInfo
    this.url = `http://127.0.0.1:${port}`
  }

  static async open(behaviour: Behaviour = takes): Promise<Destination> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks)
        const isZipped = request.headers['content-encoding'] === 'gzip'
        destination.#take(isZipped ? gunzipSync(body) : body, request.url ?? '', response)
      })
      request.on('error', () => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const destination = new Destination(server, behaviour)
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return destination
  }

  /** Requests that came, whatever was answered. */
  get requests(): number {
    return this.#requests
  }

  /** Different spans that were taken. */
  get spans(): number {
    return this.#times.size
  }

  /** Spans that were taken once more than once. */
  get duplicates(): number {
    return [...this.#times.values()].reduce((sum, times) => sum + times - 1, 0)
  }

  has(spanId: string): boolean {
    return this.#times.has(spanId)
  }

  /** Resolves once something is true; it is looked at after every request. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
  }

  /** Cuts every connection. */
  cut(): void {
    this.#server.closeAllConnections()
  }

  #take(body: Buffer, path: string, response: ServerResponse): void {
    this.#requests++
    response.on('finish', () => {
      if (response.statusCode === 200 && path === '/v1/traces') this.#remember(body)
      for (const look of [...this.#watchers]) look()
    })
    this.behaviour(response, this.#requests)
    for (const look of [...this.#watchers]) look()
  }

  #remember(body: Buffer): void {
    forEachSpan(decode('traces', body), (span) => {
      const id = span.spanIdHex()
      this.#times.set(id, (this.#times.get(id) ?? 0) + 1)
    })
  }
}
