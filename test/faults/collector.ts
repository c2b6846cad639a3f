import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type CliProcess, nodeProcess, root } from '../e2e/cli-process.ts'
import { isBalanced } from '../support/collector.ts'
import { type Counted, countSpansStatus } from './count-spans.ts'

/** What differs from one scenario to the next; the rest is the same. */
export interface CollectorOptions {
  readonly directory: string
  /** Settings of `service.storage` beside the directory; requests are kept unless it says otherwise. */
  readonly storage?: object
  readonly exporters: Readonly<Record<string, object>>
  /** Settings of the receiver beside its protocols. */
  readonly receiver?: object
  /** Further settings of the two protocols. */
  readonly http?: object
  readonly grpc?: object
}

const destinationStatus = z.object({
  queue: z.object({
    size: z.number(),
    capacity: z.number(),
    in_flight: z.number(),
    disk: z.object({ bytes: z.number(), records: z.number(), items: z.number() }).optional(),
  }),
  ledger: z.object({
    received: z.number(),
    delivered: z.number(),
    rejected: z.number(),
    dropped: z.record(z.string(), z.number()),
    held: z.number(),
  }),
  last_error: z.string().nullable(),
})

export type Ledger = z.output<typeof destinationStatus>['ledger']

const log = z.object({
  held_records: z.number(),
  damaged_records: z.number(),
  quarantined_bytes: z.number(),
})

const statusDocument = z.looseObject({
  components: z.array(z.looseObject({ id: z.string(), role: z.string(), status: z.unknown() })),
  storage: z.looseObject({ logs: z.record(z.string(), log) }),
  memory: z.looseObject({ reserved_bytes: z.number() }),
  progress: z.looseObject({ componentErrors: z.number(), settledTwice: z.number() }),
})

/** The product as a process, which is killed and started again on the same directory. */
export class FaultyCollector {
  readonly #options: CollectorOptions
  #process: CliProcess | undefined
  #http = ''
  #grpc = ''
  #admin = ''
  /** Resolves while it runs, or once it does again. */
  #up = Promise.withResolvers<void>()
  #isUp = false

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  static async start(options: CollectorOptions): Promise<FaultyCollector> {
    const collector = new FaultyCollector(options)
    await collector.start()
    return collector
  }

  /** Where it listens; elsewhere after each start. */
  get http(): string {
    return this.#http
  }

  /** Host and port. */
  get grpc(): string {
    return this.#grpc
  }

  get text(): string {
    return this.#process?.text() ?? ''
  }

  get up(): Promise<void> {
    return this.#up.promise
  }

  /** Starts the process, and returns before it listens. */
  launch(): void {
    const config = `yaml:${JSON.stringify(configOf(this.#options))}`
    const script = join(root, 'test', 'faults', 'collector-process.ts')
    this.#process = nodeProcess(script, ['--config', config])
  }

  /** Starts it; resolves once it listens. */
  async start(): Promise<void> {
    this.launch()
    await this.ready()
  }

  async ready(): Promise<void> {
    const running = this.#running
    const [, http = '', grpc = ''] = await running.line(
      /otlp listens on (http:\S+) and grpc:\/\/(\S+)\n/,
    )
    const [, admin = ''] = await running.line(/admin: (\S+)\n/)
    this.#http = http
    this.#grpc = grpc
    this.#admin = admin
    this.#isUp = true
    this.#up.resolve()
  }

  /** Ends it as a crash would; resolves once it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Asks it to end in order, and waits for that. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** It stays, and does nothing, as if its host had vanished. */
  pause(): void {
    this.#running.kill('SIGSTOP')
  }

  resume(): void {
    this.#running.kill('SIGCONT')
  }

  /** What an exporter says about itself; throws unless its ledger balances. */
  async destination(id: string) {
    const status = destinationStatus.parse(await this.#componentStatus(id))
    if (isBalanced(status)) return status
    throw new Error(`the ledger of ${id} does not balance: ${JSON.stringify(status.ledger)}`)
  }

  /** Sums of the processor `count_spans`. */
  async counted(): Promise<{ readonly unique: Counted; readonly folded: Counted }> {
    return countSpansStatus.parse(await this.#componentStatus('count_spans'))
  }

  /** What lies on disk, by log. */
  async logs(): Promise<Readonly<Record<string, z.output<typeof log>>>> {
    return (await this.#status()).storage.logs
  }

  /** Of the ledger of memory. */
  async reservedBytes(): Promise<number> {
    return (await this.#status()).memory.reserved_bytes
  }

  /** A metric of the metrics page, all its series together; 0 where there is none. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.#admin}/metrics`)).text()
    const lines = text.split('\n').filter((it) => it.startsWith(name))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }

  /** Resident memory now and at its highest. */
  async memory(): Promise<{ readonly rssBytes: number; readonly peakBytes: number }> {
    const status = await readFile(`/proc/${this.#running.pid}/status`, 'utf8')
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    return { rssBytes: kib('VmRSS') * 1024, peakBytes: kib('VmHWM') * 1024 }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#isUp) this.#up = Promise.withResolvers()
    this.#isUp = false
    this.#running.kill(signal)
    await this.#running.ended
  }

  async #componentStatus(id: string): Promise<unknown> {
    const { components } = await this.#status()
    return components.find((it) => it.id === id)?.status
  }

  async #status(): Promise<z.output<typeof statusDocument>> {
    const answer = await fetch(`${this.#admin}/api/v1/status`)
    const status = statusDocument.parse(await answer.json())
    const { componentErrors, settledTwice } = status.progress
    if (componentErrors + settledTwice === 0) return status
    throw new Error(`a defect: ${JSON.stringify(status.progress)}`)
  }

  get #running(): CliProcess {
    if (this.#process === undefined) throw new Error('the collector was not started')
    return this.#process
  }
}

function configOf(options: CollectorOptions): object {
  const { directory, storage, exporters, receiver, http, grpc } = options
  const free = { endpoint: '127.0.0.1:0' }
  const protocols = { http: { ...free, ...http }, grpc: { ...free, ...grpc } }
  const ids = Object.keys(exporters)
  const counting = { receivers: ['otlp'], processors: ['count_spans'], exporters: ids }
  return {
    receivers: { otlp: { protocols, ...receiver } },
    processors: { count_spans: {} },
    exporters,
    service: {
      storage: { directory, keep: 'requests', ...storage },
      admin: free,
      telemetry: {
        logs: { level: 'warn' },
        metrics: { readers: [{ pull: { exporter: { prometheus: { port: 0 } } } }] },
      },
      pipelines: { traces: counting, logs: { receivers: ['otlp'], exporters: ids } },
    },
  }
}
