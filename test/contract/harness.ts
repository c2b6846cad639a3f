import { createNoopMeter } from '@opentelemetry/api'
import { Observable } from 'rxjs'
import { z } from 'zod'
import { telemetryBatch } from '../../src/component/batch.ts'
import { type Acknowledge, delivered, type Outcome } from '../../src/component/delivery.ts'
import {
  type Catalogue,
  defineExporter,
  type ExporterFactory,
  type ProcessorFactory,
} from '../../src/component/factory.ts'
import { silentLog } from '../../src/component/log.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import type { LogRecord } from '../../src/component/record.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { decode, encode, type Payload } from '../../src/pdata/payload.ts'
import type { Engine } from '../../src/pipeline/engine.ts'
import type {
  ComponentConfig,
  GraphConfig,
  PipelineConfig,
} from '../../src/pipeline/graph-config.ts'
import type { EngineStorage } from '../../src/pipeline/host.ts'
import { DeadLetters } from '../../src/storage/dead-letters.ts'
import type { SyncPolicy } from '../../src/storage/log-options.ts'
import { SegmentLog } from '../../src/storage/segment-log.ts'
import { SimulatedFileSystem, type Survival } from '../../src/storage/simulated-file-system.ts'
import { Snapshots } from '../../src/storage/snapshots.ts'
import {
  Connection,
  probeEmit,
  probeFail,
  probeGuard,
  probeHold,
  probeIncident,
  probeLearn,
  probeSplit,
  type Sink,
  type SinkConfig,
} from './probes.ts'

/** The part of the product that the proof is about; mutants of it are proved wrong. */
export type EngineModule = Pick<typeof import('../../src/pipeline/engine.ts'), 'buildEngine'>

/** Ample for what the sinks delay, and shorter than what the longest hold waits. */
const stopDeadlineMs = 60_000

export const startMs = Date.UTC(2026, 0, 1)

/** One client request, and what its client saw. */
export interface Sent {
  readonly payload: Payload
  readonly keys: readonly string[]
  readonly name: string
  readonly outcomes: Outcome[]
  attempts: number
  /** Settle calls beyond one for each attempt. */
  extra: number
}

/** What an engine was seen to fold. */
export class Folds {
  readonly records: LogRecord[] = []
  /** Records whose time is not the time that was handed in. */
  misdated = 0
}

export class Crash extends Error {}

/** A disk that an engine keeps its requests on; it survives the engine. */
export class Disk {
  files: SimulatedFileSystem
  readonly clock: VirtualScheduler
  #salts = 0

  constructor(clock: VirtualScheduler, files = new SimulatedFileSystem()) {
    this.clock = clock
    this.files = files
  }

  /** Power is lost after so many calls from now. */
  loseAfter(calls: number, onCrash: () => void): void {
    const crashAt = this.files.calls + calls
    this.files.faults = ({ number }) => {
      if (number !== crashAt) return undefined
      onCrash()
      return { kind: 'crash' }
    }
  }

  /** The disk as the next start finds it. */
  afterCrash(survival: Survival): Disk {
    return new Disk(this.clock, this.files.afterCrash(survival))
  }

  async open(
    sync: SyncPolicy = { kind: 'always' },
  ): Promise<EngineStorage & { readonly log: SegmentLog }> {
    const options = {
      files: this.files,
      clock: this.clock,
      salt: () => ++this.#salts,
      sync,
      segmentBytes: 2_000,
      maxBytes: 2 ** 20,
    }
    const log = await SegmentLog.open({ ...options, directory: '/ingest', whenFull: 'reject' })
    const deadLetters = await DeadLetters.open({ ...options, directory: '/dead-letters' })
    const none = () => Promise.reject(new Error('probes keep nothing on disk'))
    return {
      log,
      snapshots: new Snapshots(this.files, '/state'),
      requests: {
        log,
        deadLetters,
        windowMs: 3_600_000,
        exporter: () => ({ queue: none, deadLetters: none }),
      },
    }
  }
}

export function aSink(): Sink {
  return { accepted: [], rejected: new Set(), unpaid: 0, room: { reserved: 0 } }
}

/** A running engine over probes, its clients and its virtual time. */
export class Rig {
  readonly scheduler: VirtualScheduler
  readonly connection = new Connection()
  readonly folds = new Folds()
  readonly engine: Engine
  readonly memory = new MemoryLedger(1 << 30)
  #alive = true

  constructor(
    module: EngineModule,
    config: GraphConfig,
    scheduler = new VirtualScheduler(startMs),
    storage: EngineStorage | undefined = undefined,
    exporters: readonly ExporterFactory[] = [],
    processors: readonly ProcessorFactory[] = [],
  ) {
    this.scheduler = scheduler
    const catalogue: Catalogue = {
      receivers: [this.connection.factory],
      processors: [
        probeLearn,
        probeEmit,
        probeIncident,
        probeGuard,
        probeHold,
        probeSplit,
        ...processors,
      ],
      exporters: [probeFail, ...exporters],
    }
    const built = module.buildEngine({
      config,
      catalogue,
      onRecord: (record) => {
        if (record.atMs !== scheduler.now() && storage === undefined) this.folds.misdated++
        this.folds.records.push(record)
      },
      environment: {
        scheduler,
        random: () => 0.5,
        log: () => silentLog,
        meter: createNoopMeter(),
        memory: this.memory,
        storage,
      },
    })
    if (!built.ok) throw new Error(built.problems.map((it) => it.message).join('\n'))
    this.engine = built.engine
  }

  get alive(): boolean {
    return this.#alive
  }

  /** The process is gone: nobody hears of anything any more. */
  die(): void {
    this.#alive = false
    this.engine.kill()
  }

  /** Sends as a client does: again after a retryable answer, up to `maxAttempts` in all. */
  send(sent: Sent, maxAttempts: number, acknowledge?: Acknowledge): void {
    sent.attempts++
    let settled = false
    const lease = this.memory.reserve(sent.payload.sizeBytes)
    const listening = this.connection.send({
      batch: telemetryBatch(sent.payload, [], lease ? [lease] : []),
      ...(acknowledge && { acknowledge }),
      settle: (outcome) => {
        if (!settled) lease?.release()
        if (!this.#alive) return
        if (settled) sent.extra++
        settled = true
        sent.outcomes.push(outcome)
        if (outcome.kind !== 'retryable' || sent.attempts >= maxAttempts) return
        const delayMs = outcome.retryAfterMs ?? 1_000
        this.scheduler.schedule(() => this.send(sent, maxAttempts, acknowledge), delayMs)
      },
    })
    if (listening) return
    lease?.release()
    sent.attempts--
  }

  /** Runs virtual time until `untilMs`; a crash ends the rig and is not an error. */
  async run(untilMs: number): Promise<void> {
    try {
      await this.scheduler.advanceTo(untilMs, async () => {
        await quiet()
        if (!this.#alive) throw new Crash()
      })
    } catch (cause) {
      if (!(cause instanceof Crash)) throw cause
    }
  }

  /** Stops, driving virtual time as far as it takes. */
  async stop(): Promise<boolean> {
    const stopping = this.engine.stop(stopDeadlineMs)
    let inTime: boolean | undefined
    void stopping.then((it) => {
      inTime = it
    })
    for (;;) {
      await quiet()
      if (inTime !== undefined || !this.#alive) return inTime ?? true
      const { nextMs } = this.scheduler
      if (nextMs === undefined) throw new Error('stopping waits for nothing')
      await this.scheduler.advanceTo(nextMs, quiet)
    }
  }
}

/** Lets promises and I/O callbacks run. */
export async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

/** Hands batches to another engine as bytes, and brings the answer back. */
export function linkTo(rig: Rig): ExporterFactory {
  return defineExporter({
    type: 'probe_link',
    config: z.any(),
    create: () => (source) =>
      new Observable<never>((out) => {
        let open = 0
        let ended = false
        const maybeComplete = () => {
          if (ended && open === 0) out.complete()
        }
        return source.subscribe({
          next({ batch, settle }) {
            if (batch.kind === 'alerts' || batch.payload.itemCount === 0) return settle(delivered)
            open++
            const payload = decode(batch.kind, encode(batch.payload))
            const listening = rig.connection.send({
              batch: telemetryBatch(payload),
              settle(outcome) {
                open--
                settle(outcome)
                maybeComplete()
              },
            })
            if (!listening) settle({ kind: 'retryable', reason: 'nobody listens' })
          },
          complete() {
            ended = true
            maybeComplete()
          },
        })
      }),
  })
}

/** A graph written as pipelines; component types are the ids up to their slash. */
export function graph(
  pipelines: readonly PipelineConfig[],
  configs: Readonly<Record<string, unknown>>,
): GraphConfig {
  const components = (ids: readonly string[]): Map<string, ComponentConfig> =>
    new Map(ids.map((id) => [id, { id, type: id.split('/')[0] ?? id, config: configs[id] ?? {} }]))
  const all = (place: 'receivers' | 'processors' | 'exporters') => [
    ...new Set(pipelines.flatMap((it) => it[place])),
  ]
  const processors = all('processors')
  return {
    receivers: components(all('receivers').filter((id) => !processors.includes(id))),
    processors: components(processors),
    exporters: components(all('exporters')),
    pipelines,
  }
}

export type { SinkConfig }
