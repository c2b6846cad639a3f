import type { Auditor } from '../audit/auditor.ts'
import type { MemoryLedger } from '../component/memory.ts'
import type { Engine } from '../pipeline/engine.ts'
import type { PipelineConfig } from '../pipeline/graph-config.ts'
import type { StoreStatus } from '../storage/store.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Which process this is. */
export interface About {
  readonly name: string
  readonly version: string
  /** Random, new with each start. */
  readonly instanceId: string
  readonly startedAtMs: number
}

/** What came of reading the configuration again. */
export interface ReloadReport {
  readonly outcome: 'unchanged' | 'reloaded' | 'refused'
  /** What was added, removed and changed. */
  readonly changes?: string | undefined
  /** Settings that differ and wait for the next start. */
  readonly needs_restart?: readonly string[] | undefined
  /** Why it was refused; the running configuration stays. */
  readonly problem?: string | undefined
}

/** The same, and when. */
export interface PastReload extends ReloadReport {
  readonly at: string
}

/** What the admin server shows and passes commands on to. */
export interface Observed {
  readonly about: About
  readonly engine: Pick<Engine, 'instances' | 'progress' | 'commands' | 'commit'>
  readonly pipelines: () => readonly PipelineConfig[]
  readonly memory: MemoryLedger
  readonly metrics: Metrics
  /** Since when everything runs; `undefined` before that and while it stops. */
  readonly readySinceMs: () => number | undefined
  readonly logLinesLeftOut: () => number
  /** Where commands are written down before they act. */
  readonly audit: Auditor
  /** Reads the configuration again; absent where there is nothing to read. */
  readonly reload?: ((actor: string) => Promise<ReloadReport>) | undefined
  readonly lastReload: () => PastReload | undefined
  /** What lies on disk; absent where nothing does. */
  readonly storage?: (() => StoreStatus) | undefined
}
