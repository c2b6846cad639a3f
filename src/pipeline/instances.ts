import type { PipelineKind } from '../component/batch.ts'
import type { Catalogue, Exporter, Receiver } from '../component/factory.ts'
import type { Fold, HoldingProcessor, MapProcessor, Processor } from '../component/processor.ts'
import type { ComponentConfig, GraphConfig } from './graph-config.ts'
import { type Environment, Host, type HostCalls, type Role } from './host.ts'

/** A processor at its place in a pipeline. */
export type Stage<P extends Processor = Processor> = {
  readonly id: string
  readonly host: Host
  readonly processor: P
}

export type MapStage = Stage<MapProcessor>
export type FoldStage = Stage<Fold>
export type HoldingStage = Stage<HoldingProcessor>

/** Everything that was created for a configuration; nothing of it runs yet. */
export interface Instances {
  readonly receivers: ReadonlyMap<string, { readonly host: Host; readonly receiver: Receiver }>
  readonly exporters: ReadonlyMap<string, { readonly host: Host; readonly exporter: Exporter }>
  /** Stages of each pipeline, in order; those that remember are shared between pipelines. */
  readonly stages: ReadonlyMap<string, readonly Stage[]>
  readonly hosts: readonly Host[]
}

/**
 * Creates the components that pipelines use. Receivers, exporters and processors that remember are
 * one instance an id; other processors are one a pipeline.
 */
export function createInstances(
  config: GraphConfig,
  catalogue: Catalogue,
  environment: Environment,
  calls: HostCalls,
): Instances {
  const hosts: Host[] = []
  const hostFor = (id: string, role: Role): Host => {
    const host = new Host(id, role, kindsOf(config, id, role), environment, calls)
    hosts.push(host)
    return host
  }

  const receivers = new Map<string, { host: Host; receiver: Receiver }>()
  for (const component of used(config, 'receiver')) {
    const host = hostFor(component.id, 'receiver')
    const factory = byType(catalogue.receivers, component)
    receivers.set(component.id, { host, receiver: factory.create(component.config, host.settings) })
  }

  const exporters = new Map<string, { host: Host; exporter: Exporter }>()
  for (const component of used(config, 'exporter')) {
    const host = hostFor(component.id, 'exporter')
    const factory = byType(catalogue.exporters, component)
    exporters.set(component.id, { host, exporter: factory.create(component.config, host.settings) })
  }

  const remembering = new Map<string, Stage>()
  const stages = new Map<string, Stage[]>()
  for (const pipeline of config.pipelines) {
    const line: Stage[] = []
    for (const id of pipeline.processors) {
      const component = config.processors.get(id)
      if (component === undefined) continue
      line.push(remembering.get(id) ?? create(component))
    }
    stages.set(pipeline.id, line)
  }
  return { receivers, exporters, stages, hosts }

  function create(component: ComponentConfig): Stage {
    const host = hostFor(component.id, 'processor')
    const factory = byType(catalogue.processors, component)
    const processor = factory.create(component.config, host.settings)
    const stage = { id: component.id, host, processor }
    if (processor.kind === 'fold') remembering.set(component.id, stage)
    return stage
  }
}

/** Whether a stage remembers. */
export function isFold(stage: Stage): stage is FoldStage {
  return stage.processor.kind === 'fold'
}

/** Whether a stage is a plain function over batches. */
export function isMap(stage: Stage): stage is MapStage {
  return stage.processor.kind === 'map'
}

/** Whether a stage holds deliveries back. */
export function isHolding(stage: Stage): stage is HoldingStage {
  return stage.processor.kind === 'operator'
}

/** The factory of a configured component, by type or alias. */
export function byType<F extends { type: string; aliases?: readonly string[] }>(
  factories: readonly F[],
  { type }: { readonly type: string },
): F {
  const factory = factories.find((it) => it.type === type || it.aliases?.includes(type))
  if (factory === undefined) throw new Error(`no component of type ${type}`)
  return factory
}

function used(config: GraphConfig, role: 'receiver' | 'exporter'): ComponentConfig[] {
  const configured = role === 'receiver' ? config.receivers : config.exporters
  const named = new Set(
    config.pipelines.flatMap((it) => (role === 'receiver' ? it.receivers : it.exporters)),
  )
  return [...configured.values()].filter((it) => named.has(it.id))
}

function kindsOf(config: GraphConfig, id: string, role: Role): PipelineKind[] {
  const key = `${role}s` as const
  const kinds = config.pipelines.filter((it) => it[key].includes(id)).map((it) => it.kind)
  return [...new Set(kinds)]
}
