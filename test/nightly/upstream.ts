import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What an upstream collector does with all three signals. */
export interface UpstreamOptions {
  /** Name and settings of its one exporter, such as `otlp_http: { endpoint: … }`. */
  readonly exporter: string
  /** Name and settings of a processor, if there is one. */
  readonly processor?: string
}

const startDeadlineMs = 20_000
const stopDeadlineMs = 10_000

/** An upstream collector as a process of its own, on free ports of 127.0.0.1. */
export class Upstream {
  readonly http: string
  readonly grpc: string
  readonly #child: ChildProcess

  constructor(child: ChildProcess, grpc: string, http: string) {
    this.#child = child
    this.grpc = grpc
    this.http = `http://${http}`
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  static async start(binary: string, options: UpstreamOptions): Promise<Upstream> {
    const child = spawn(binary, ['--config', `yaml:${configOf(options)}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    const killer = setTimeout(kill, startDeadlineMs)
    const said: string[] = []
    const addresses: string[] = []
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line)
      const bound = line.match(/Starting (?:GRPC|HTTP) server.*"endpoint": ?"([^"]+)"/)?.[1]
      if (bound !== undefined) addresses.push(bound)
      if (line.includes('Everything is ready')) break
    }
    clearTimeout(killer)
    child.stderr.resume()
    const [grpc, http] = addresses
    if (grpc !== undefined && http !== undefined) return new Upstream(child, grpc, http)
    child.kill('SIGKILL')
    throw new Error(`the upstream collector does not start:\n${said.join('\n')}`)
  }

  /** Lets it send what it holds. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), stopDeadlineMs)
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
    clearTimeout(killer)
  }
}

function configOf({ exporter, processor = '' }: UpstreamOptions): string {
  const name = (component: string) => component.split(':')[0]
  const processors = processor === '' ? '[]' : `[${name(processor)}]`
  const pipeline = `{ receivers: [otlp], processors: ${processors}, exporters: [${name(exporter)}] }`
  return `
receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" }, http: { endpoint: "127.0.0.1:0" } } } }
processors: { ${processor} }
exporters: { ${exporter} }
service:
  telemetry: { metrics: { level: none }, resource: { service.instance.id: null } }
  pipelines: { traces: ${pipeline}, logs: ${pipeline}, metrics: ${pipeline} }
`
}
