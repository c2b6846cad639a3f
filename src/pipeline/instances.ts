import { isDeepStrictEqual } from 'node:util'
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

/** What runs already; of it, what did not change is taken over. */
export interface Predecessor {
  readonly config: GraphConfig
  readonly instances: Instances
  /** Resolves once all that does not stay has let go of what it holds. */
  readonly gone: Promise<unknown>
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
  before?: Predecessor,
): Instances {
  const hosts: Host[] = []
  const created: Host[] = []
  const hostFor = (id: string, role: Role): Host => {
    const kinds = kindsOf(config, id, role)
    const host = new Host(id, role, kinds, environment, calls, before?.gone)
    hosts.push(host)
    created.push(host)
    return host
  }
  // What has been created so far must not stay behind when something cannot be.
  const orDismiss = <T>(create: () => T): T => {
    try {
      return create()
    } catch (cause) {
      for (const host of created) host.dismiss()
      throw cause
    }
  }
  const staying = <I extends { readonly host: Host }>(
    role: Role,
    { id }: ComponentConfig,
    found: I | undefined,
  ): I | undefined => {
    const section = `${role}s` as const
    const isSame = before && isSameComponent(config, before.config, section, id)
    const its = found && isDeepStrictEqual(found.host.kinds, kindsOf(config, id, role))
    if (!isSame || !its) return undefined
    hosts.push(found.host)
    return found
  }

  const receivers = new Map<string, { host: Host; receiver: Receiver }>()
  for (const component of used(config, 'receiver')) {
    const same = staying('receiver', component, before?.instances.receivers.get(component.id))
    if (same) {
      receivers.set(component.id, same)
      continue
    }
    const host = hostFor(component.id, 'receiver')
    const factory = byType(catalogue.receivers, component)
    const receiver = orDismiss(() => factory.create(component.config, host.settings))
    receivers.set(component.id, { host, receiver })
  }

  const exporters = new Map<string, { host: Host; exporter: Exporter }>()
  for (const component of used(config, 'exporter')) {
    const same = staying('exporter', component, before?.instances.exporters.get(component.id))
    if (same) {
      exporters.set(component.id, same)
      continue
    }
    const host = hostFor(component.id, 'exporter')
    const factory = byType(catalogue.exporters, component)
    const exporter = orDismiss(() => factory.create(component.config, host.settings))
    exporters.set(component.id, { host, exporter })
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
    const earlier = before && [...before.instances.stages.values()].flat()
    const fold = earlier?.find((it) => it.id === component.id && isFold(it))
    const same = staying('processor', component, fold)
    if (same) {
      remembering.set(component.id, same)
      return same
    }
    const host = hostFor(component.id, 'processor')
    const factory = byType(catalogue.processors, component)
    const processor = orDismiss(() => factory.create(component.config, host.settings))
    const stage = { id: component.id, host, processor }
    if (processor.kind === 'fold') remembering.set(component.id, stage)
    return stage
  }
}

function isSameComponent(
  now: GraphConfig,
  before: GraphConfig,
  section: 'receivers' | 'processors' | 'exporters',
  id: string,
): boolean {
  const [one, other] = [now[section].get(id), before[section].get(id)]
  if (one === undefined || other === undefined) return false
  return one.type === other.type && isDeepStrictEqual(writtenOf(one), writtenOf(other))
}

/** What a schema made of it may hold secrets that cannot be compared. */
function writtenOf({ config, written }: ComponentConfig): unknown {
  return written === undefined ? config : written
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
