import { createNoopMeter } from '@opentelemetry/api'
import { MemoryLedger } from '../../src/component/memory.ts'
import { machineScheduler } from '../../src/component/scheduler.ts'
import { components, schemas } from '../../src/components.ts'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblems } from '../../src/config/problem.ts'
import { buildEngine, type Engine } from '../../src/pipeline/engine.ts'
import { recordingLog } from './settings.ts'

/** What an exporter publishes about itself, as far as tests read it. */
export interface DestinationStatus {
  readonly queue: { readonly size: number; readonly capacity: number; readonly in_flight: number }
  readonly ledger: {
    readonly received: number
    readonly delivered: number
    readonly rejected: number
    readonly dropped: Readonly<Record<string, number>>
    readonly held: number
  }
}

/** The product in this process, on real sockets, from YAML. */
export class TestCollector {
  readonly engine: Engine
  readonly memory: MemoryLedger
  readonly log: ReturnType<typeof recordingLog>

  constructor(engine: Engine, memory: MemoryLedger, log: ReturnType<typeof recordingLog>) {
    this.engine = engine
    this.memory = memory
    this.log = log
  }

  static async start(yaml: string, memoryMib = 512): Promise<TestCollector> {
    const loaded = await loadConfig([`yaml:${yaml}`], [], schemas, {})
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems))
    const { receivers, processors, exporters, service } = loaded.config
    const memory = new MemoryLedger(memoryMib * 2 ** 20)
    const log = recordingLog()
    const built = buildEngine({
      config: { receivers, processors, exporters, pipelines: [...service.pipelines.values()] },
      catalogue: components,
      environment: {
        scheduler: machineScheduler,
        random: Math.random,
        log: () => log,
        meter: createNoopMeter(),
        memory,
      },
    })
    if (!built.ok) throw new Error(built.problems.map((it) => it.message).join('\n'))
    await built.engine.start()
    return new TestCollector(built.engine, memory, log)
  }

  /** Where the OTLP receiver listens, without a path. */
  get url(): string {
    return this.engine.instances.receivers.get('otlp')?.host.listening[0] ?? ''
  }

  destination(id: string): DestinationStatus {
    const document = this.engine.instances.exporters.get(id)?.host.document()
    if (!isDestinationStatus(document)) throw new Error(`${id} publishes no ledger`)
    return document
  }

  stop(deadlineMs = 10_000): Promise<boolean> {
    return this.engine.stop(deadlineMs)
  }
}

/** Received = delivered + rejected + dropped by reason + held. */
export function isBalanced({ ledger }: DestinationStatus): boolean {
  const dropped = Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0)
  return ledger.received === ledger.delivered + ledger.rejected + dropped + ledger.held
}

function isDestinationStatus(document: unknown): document is DestinationStatus {
  return typeof document === 'object' && document !== null && 'ledger' in document
}
