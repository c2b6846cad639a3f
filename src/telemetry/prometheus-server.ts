import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { formatEndpoint } from '../config/endpoint.ts'
import type { PrometheusConfig } from '../config/telemetry.ts'
import type { Metrics } from './metrics.ts'

/** A page that Prometheus reads, being served. */
export interface PrometheusServer {
  /** `http://localhost:8888/metrics` */
  readonly url: string
  close(): Promise<void>
}

/** Serves `/metrics` where a collector does; rejects with what to change when it cannot listen. */
export async function servePrometheus(
  config: PrometheusConfig,
  metrics: Pick<Metrics, 'text'>,
): Promise<PrometheusServer> {
  const server = createServer((request, response) => {
    answer(request, response, () => metrics.text(config)).catch(() => response.destroy())
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 10_000
  await listen(server, config)
  const url = `http://${formatEndpoint({ host: config.host, port: portOf(server) })}/metrics`
  return {
    url,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  { method = 'GET', url = '/' }: IncomingMessage,
  response: ServerResponse,
  text: () => Promise<string>,
): Promise<void> {
  const isPage = url.split('?')[0] === '/metrics'
  const isRead = method === 'GET' || method === 'HEAD'
  response.setHeader('x-content-type-options', 'nosniff')
  if (!isPage) return void response.writeHead(404).end('there is nothing here; see /metrics\n')
  if (!isRead) return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
  const body = await text()
  response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  response.end(method === 'HEAD' ? undefined : body)
}

/** A name is its IPv4 address where it has one, so that `localhost` is what people expect. */
async function listen(server: Server, { host, port }: PrometheusConfig): Promise<void> {
  try {
    const { address } = await lookup(host, { order: 'ipv4first' })
    server.listen({ host: address, port })
    await once(server, 'listening')
  } catch (cause) {
    const place = formatEndpoint({ host, port })
    throw new Error(`cannot start the metrics endpoint: ${sentence(cause, place)}`, { cause })
  }
}

const key = 'service.telemetry.metrics.readers'
const otherPort = `${key}=[{ pull: { exporter: { prometheus: { port: 18888 } } } }]`

function sentence(cause: unknown, place: string): string {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
  if (!isTaken) return `${key}: ${place}: ${cause instanceof Error ? cause.message : cause}`
  return `${key}: another program listens on ${place}, such as another collector. Choose a port, in the file or with --set '${otherPort}' (0 is any free port), or none with --set service.telemetry.metrics.level=none`
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
