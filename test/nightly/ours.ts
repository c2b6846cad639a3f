import { TestCollector } from '../support/collector.ts'

/** Our collector between two others, on every protocol that its receiver takes. */
export interface Ours {
  readonly collector: TestCollector
  readonly http: string
  /** `host:port`; `undefined` while the receiver does not listen there. */
  readonly grpc: string | undefined
}

/** @param exporter name and settings, such as `otlp_http: { endpoint: … }` */
export async function startOurs(exporter: string): Promise<Ours> {
  const pipeline = `{ receivers: [otlp], exporters: [${exporter.split(':')[0]}] }`
  const collector = await TestCollector.start(`
receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" }, http: { endpoint: "127.0.0.1:0" } } } }
exporters: { ${exporter} }
service:
  pipelines: { traces: ${pipeline}, logs: ${pipeline}, metrics: ${pipeline} }
`)
  const http = boundTo('HTTP', collector)
  if (http === undefined) throw new Error('the receiver does not say where it listens')
  return { collector, http: `http://${http}`, grpc: boundTo('GRPC', collector) }
}

/** Whether our receiver takes OTLP over gRPC. */
export async function takesGrpc(): Promise<boolean> {
  const { collector, grpc } = await startOurs('debug: {}')
  await collector.stop()
  return grpc !== undefined
}

function boundTo(protocol: string, { log }: TestCollector): string | undefined {
  const line = log.lines.find(({ message }) => message === `Starting ${protocol} server`)
  return line !== undefined && 'endpoint' in line.fields ? String(line.fields.endpoint) : undefined
}
