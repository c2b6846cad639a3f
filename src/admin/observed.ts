import type { MemoryLedger } from '../component/memory.ts'
import type { Engine } from '../pipeline/engine.ts'
import type { PipelineConfig } from '../pipeline/graph-config.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Which process this is. */
export interface About {
  readonly name: string
  readonly version: string
  /** Random, new with each start. */
  readonly instanceId: string
  readonly startedAtMs: number
}

/** What the admin server shows and passes commands on to. */
export interface Observed {
  readonly about: About
  readonly engine: Pick<Engine, 'instances' | 'progress' | 'commands' | 'commit'>
  readonly pipelines: readonly PipelineConfig[]
  readonly memory: MemoryLedger
  readonly metrics: Metrics
  /** Since when everything runs; `undefined` before that and while it stops. */
  readonly readySinceMs: () => number | undefined
  readonly logLinesLeftOut: () => number
}
