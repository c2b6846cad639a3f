import type { Meter } from '@opentelemetry/api'
import type { Batch, PipelineKind } from '../component/batch.ts'
import type { Outcome } from '../component/delivery.ts'
import type { Listeners } from '../component/listeners.ts'
import type { Log } from '../component/log.ts'
import type { MemoryLedger } from '../component/memory.ts'
import type { Scheduler } from '../component/scheduler.ts'
import type { CommandOffer, ComponentStorage, Settings } from '../component/settings.ts'
import { State } from '../state/state.ts'
import type { DeadLetters } from '../storage/dead-letters.ts'
import type { SegmentLog } from '../storage/segment-log.ts'
import type { Snapshots } from '../storage/snapshots.ts'
import { type ScopedMeter, scopedMeter } from './scoped-meter.ts'
import type { Tracing } from './tracing.ts'

/** What the engine stands on; handed in, so that tests and replay drive all of it. */
export interface Environment {
  readonly scheduler: Scheduler
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: (component: { readonly id: string; readonly role: Role }) => Log
  readonly meter: Meter
  readonly memory: MemoryLedger
  /** Absent where everything is kept in memory. */
  readonly storage?: EngineStorage | undefined
  /** Sockets that this engine shares with those before and after it; absent, it has its own. */
  readonly listeners?: Listeners | undefined
  /** Absent unless somebody asked to follow batches. */
  readonly tracing?: Tracing | undefined
}

/** Where an engine keeps what must outlive it. */
export interface EngineStorage {
  readonly snapshots: Snapshots
  /** Present where requests are kept. */
  readonly requests?: {
    readonly log: SegmentLog
    /** Of what no destination can be blamed for. */
    readonly deadLetters: DeadLetters
    /** For how long a repeated request is recognised, in milliseconds; 0: never. */
    readonly windowMs: number
    exporter(id: string): ComponentStorage
  }
}

export type Role = 'receiver' | 'processor' | 'exporter'

/** A command that people may give to a component. */
export interface Command extends CommandOffer {
  readonly component: string
}

/** What a component may ask of the engine. */
export interface HostCalls {
  emit(id: string, kind: PipelineKind, batch: Batch): Promise<Outcome>
  result(id: string, body: unknown): void
}

/** The engine's side of one component instance: its settings, and what it said through them. */
export class Host {
  readonly id: string
  readonly role: Role
  readonly state = new State()
  readonly commands: Command[] = []
  readonly closings: Promise<unknown>[] = []
  readonly settings: Settings
  /** Resolves once the component says that it has started. */
  readonly started: Promise<void>
  /** Addresses at which the component listens. */
  listening: readonly string[] = []
  #isStarted = false
  readonly kinds: readonly PipelineKind[]
  readonly #meter: ScopedMeter
  readonly #abort = new AbortController()
  readonly #cuts: (() => void)[] = []
  #document: (() => unknown) | undefined

  constructor(
    id: string,
    role: Role,
    kinds: readonly PipelineKind[],
    environment: Environment,
    calls: HostCalls,
    /** Resolves when an earlier instance has let go of what lies on disk. */
    before: Promise<unknown> = Promise.resolve(),
  ) {
    this.id = id
    this.role = role
    this.kinds = kinds
    this.#meter = scopedMeter(environment.meter)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.started = promise
    this.settings = {
      id,
      kinds,
      log: environment.log({ id, role }),
      meter: this.#meter.meter,
      signal: this.#abort.signal,
      scheduler: environment.scheduler,
      random: environment.random,
      state: this.state,
      memory: environment.memory,
      ...(role === 'exporter' && storageOf(environment, id, before)),
      ...(role === 'receiver' && { listeners: environment.listeners }),
      emit: (kind, batch) => calls.emit(id, kind, batch),
      result: (body) => calls.result(id, body),
      status: (document) => {
        this.#document = document
      },
      command: (offer) => {
        this.commands.push({ component: id, ...offer })
      },
      started: (...listening) => {
        this.listening = listening
        this.#isStarted = true
        resolve()
      },
      closing: (work, cut) => {
        this.closings.push(work)
        if (cut !== undefined) this.#cuts.push(cut)
      },
    }
  }

  /** Whether the component has said that it is ready; only receivers do. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Asks the component to drain. */
  drain(): void {
    this.#abort.abort()
  }

  /** Ends at once whatever still goes on after the component's stream. */
  cut(): void {
    for (const cut of this.#cuts.splice(0)) cut()
  }

  /** The component is gone, or never came into use: nothing of it goes on, or is asked for numbers. */
  dismiss(): void {
    this.drain()
    this.cut()
    this.#meter.end()
  }

  /** The document that the component publishes, or `undefined`. */
  document(): unknown {
    return this.#document?.()
  }
}

function storageOf(
  { storage }: Environment,
  id: string,
  before: Promise<unknown>,
): Pick<Settings, 'storage'> {
  if (storage?.requests === undefined) return {}
  const { queue, deadLetters } = storage.requests.exporter(id)
  return {
    storage: { queue: () => before.then(queue), deadLetters: () => before.then(deadLetters) },
  }
}
