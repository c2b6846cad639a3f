import type { PipelineKind } from '../component/batch.ts'

/** One component as configured; `config` has passed its factory's schema. */
export interface ComponentConfig {
  readonly id: string
  readonly type: string
  readonly config: unknown
  /** As it was written, secrets included: what tells a reload whether it has changed. */
  readonly written?: unknown
}

/** One pipeline as written: ids, in the order of execution for processors. */
export interface PipelineConfig {
  /** `kind` or `kind/name`. */
  readonly id: string
  readonly kind: PipelineKind
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}

/** All that the graph is built from. */
export interface GraphConfig {
  readonly receivers: ReadonlyMap<string, ComponentConfig>
  readonly processors: ReadonlyMap<string, ComponentConfig>
  readonly exporters: ReadonlyMap<string, ComponentConfig>
  readonly pipelines: readonly PipelineConfig[]
}

/** A rule of the graph that the configuration breaks, and where. */
export interface GraphProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}
