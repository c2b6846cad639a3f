import type { Meter } from '@opentelemetry/api'
import type { z } from 'zod'
import type { State } from '../state/state.ts'
import type { DeadLetters } from '../storage/dead-letters.ts'
import type { SegmentLog } from '../storage/segment-log.ts'
import type { Batch, PipelineKind } from './batch.ts'
import type { Outcome } from './delivery.ts'
import type { Listeners } from './listeners.ts'
import type { Log } from './log.ts'
import type { MemoryLedger } from './memory.ts'
import type { Scheduler } from './scheduler.ts'

/** A command that people may give; it is a record of the log before a fold's `record` sees it. */
export interface CommandOffer {
  readonly name: string
  /** Schema of the body. */
  readonly body: z.ZodType
  /** One sentence for a list of commands. */
  readonly summary: string
  /** Who may give it: `force` overrides a safeguard, `operate` is everything else. */
  readonly role: 'operate' | 'force'
}

/** Where an exporter keeps what its destination has not taken; present while requests are kept. */
export interface ComponentStorage {
  queue(): Promise<SegmentLog>
  deadLetters(): Promise<DeadLetters>
}

/** All that the engine hands to a component. */
export interface Settings {
  /** The id as written in the configuration, `type` or `type/name`. */
  readonly id: string
  readonly log: Log
  readonly meter: Meter
  /** Aborted when the component is asked to drain. */
  readonly signal: AbortSignal
  /** Time for what is not remembered. What is remembered knows only the time of its records. */
  readonly scheduler: Scheduler
  /** Chance, uniform in [0, 1). */
  readonly random: () => number
  /** What the component remembers; only folds change it. */
  readonly state: State
  /** The one ledger of memory. */
  readonly memory: MemoryLedger
  /** Given to exporters where requests are kept. */
  readonly storage?: ComponentStorage | undefined
  /** Sockets that outlive a reload; absent, a receiver has its own. */
  readonly listeners?: Listeners | undefined
  /** Kinds of the pipelines that use this component. */
  readonly kinds: readonly PipelineKind[]
  /**
   * Sends what the component derived to the pipelines that name it under `receivers:`. Resolves to
   * the outcome; on `retryable` the caller keeps the batch. Alerts are emitted by folds alone.
   */
  emit(kind: PipelineKind, batch: Batch): Promise<Outcome>
  /** Publishes one JSON document about the component, made anew each time somebody asks. */
  status(document: () => unknown): void
  /** Announces a command that people may give. */
  command(command: CommandOffer): void
  /** Puts an answer from outside into the log; {@link Fold.record} sees it as `result`. */
  result(body: unknown): void
  /** Said once, when the component is ready to work, with every address at which it listens. */
  started(...listening: readonly string[]): void
  /**
   * Work that goes on after the component's stream has completed, such as closing sockets; `cut`
   * ends it at once when the deadline of a stop has passed.
   */
  closing(work: Promise<unknown>, cut?: () => void): void
}
