import type { PipelineKind } from '../component/batch.ts'
import type { Catalogue } from '../component/factory.ts'
import type { ComponentConfig, GraphConfig, GraphProblem, PipelineConfig } from './graph-config.ts'
import { byType, type Instances, isFold, isHolding, type Stage } from './instances.ts'

/** Every rule of the graph that a configuration breaks, each with what to write instead. */
export function graphProblems(
  config: GraphConfig,
  catalogue: Catalogue,
  instances: Instances,
): GraphProblem[] {
  const stagesOf = (pipeline: PipelineConfig) => instances.stages.get(pipeline.id) ?? []
  return [
    ...config.pipelines.flatMap((it) => kindProblems(it, config, catalogue)),
    ...config.pipelines.flatMap((it) => sourceProblems(it, config, catalogue, stagesOf(it))),
    ...config.pipelines.flatMap((it) => holdingProblems(it, stagesOf(it))),
    ...chainProblems(config.pipelines, stagesOf),
    ...cycleProblems(config, stagesOf),
  ]
}

/** A component stands only in pipelines of kinds that it knows. */
function kindProblems(
  pipeline: PipelineConfig,
  config: GraphConfig,
  catalogue: Catalogue,
): GraphProblem[] {
  const check = (
    place: 'receivers' | 'processors' | 'exporters',
    components: ReadonlyMap<string, ComponentConfig>,
  ): GraphProblem[] =>
    pipeline[place].flatMap((id, index) => {
      const component = components.get(id)
      if (component === undefined) return []
      const kinds = byType<{ type: string; kinds: readonly PipelineKind[] }>(
        catalogue[place],
        component,
      ).kinds
      if (kinds.includes(pipeline.kind)) return []
      const message =
        `telemetry type is not supported: ${id} knows ${kinds.join(', ')}, not ` +
        `${pipeline.kind}; take it out of this pipeline`
      return [{ path: [...placeOf(pipeline), place, index], message }]
    })
  return [
    ...check('receivers', config.receivers),
    ...check('processors', config.processors),
    ...check('exporters', config.exporters),
  ]
}

/** What stands under `receivers:` without being one must be a source of that kind, and in use. */
function sourceProblems(
  pipeline: PipelineConfig,
  config: GraphConfig,
  catalogue: Catalogue,
  stages: readonly Stage[],
): GraphProblem[] {
  return pipeline.receivers.flatMap((id, index) => {
    if (config.receivers.has(id)) return []
    const processor = config.processors.get(id)
    if (processor === undefined) return []
    const at = [...placeOf(pipeline), 'receivers', index]
    const { emits } = byType(catalogue.processors, processor)
    if (!emits.includes(pipeline.kind)) {
      const what = emits.length === 0 ? 'nothing' : emits.join(', ')
      return [{ path: at, message: `${id} is no source of ${pipeline.kind}: it emits ${what}` }]
    }
    if (!config.pipelines.some((it) => it.processors.includes(id))) {
      const message = `${id} stands in no pipeline's processors, so it has nothing to emit; add it there`
      return [{ path: at, message }]
    }
    const fold = stages.find(isFold)
    if (pipeline.kind !== 'alerts' && fold !== undefined) {
      const message =
        `what ${id} derived would be remembered by ${fold.id} as news; take ${fold.id} out of ` +
        'this pipeline (only alerts pipelines remember what a source emits)'
      return [{ path: at, message }]
    }
    return []
  })
}

/** Nothing that holds, merges or reorders stands before the end of the chain. */
function holdingProblems(pipeline: PipelineConfig, stages: readonly Stage[]): GraphProblem[] {
  const last = stages.findLastIndex(isFold)
  return stages.flatMap((stage, index) => {
    if (!isHolding(stage) || index > last) return []
    const message =
      `${stage.id} holds or merges batches before ${stages[last]?.id} has seen them; ` +
      `write ${stage.id} behind ${stages[last]?.id}`
    return [{ path: [...placeOf(pipeline), 'processors', index], message }]
  })
}

/** Pipelines that share a remembering processor share the whole chain, and what stands before it. */
function chainProblems(
  pipelines: readonly PipelineConfig[],
  stagesOf: (pipeline: PipelineConfig) => readonly Stage[],
): GraphProblem[] {
  const chainOf = (it: PipelineConfig) => stagesOf(it).filter(isFold)
  const problems: GraphProblem[] = []
  for (const [at, pipeline] of pipelines.entries()) {
    const chain = chainOf(pipeline)
    for (const earlier of pipelines.slice(0, at)) {
      const other = chainOf(earlier)
      const shared = chain.find((it) => other.some((stage) => stage.id === it.id))
      if (shared === undefined) continue
      const [mine, theirs] = [ids(chain), ids(other)]
      const path = [...placeOf(pipeline), 'processors']
      if (mine !== theirs) {
        const message =
          `shares ${shared.id} with ${earlier.id} but not the whole chain: write ${theirs} in ` +
          `this order, as there (found ${mine}), or use a second instance such as ${shared.id}/2`
        problems.push({ path, message })
        break
      }
      const receiver = pipeline.receivers.find((id) => earlier.receivers.includes(id))
      const [front, otherFront] = [frontOf(stagesOf(pipeline)), frontOf(stagesOf(earlier))]
      if (pipeline.kind === earlier.kind && receiver !== undefined && front !== otherFront) {
        const message =
          `shares ${receiver} and ${shared.id} with ${earlier.id}, so all up to ` +
          `${chain.at(-1)?.id} runs once and must be the same: write ${otherFront} (found ${front})`
        problems.push({ path, message })
        break
      }
    }
  }
  return problems
}

/** What a source emits must not come back to it. */
function cycleProblems(
  config: GraphConfig,
  stagesOf: (pipeline: PipelineConfig) => readonly Stage[],
): GraphProblem[] {
  const next = (pipeline: PipelineConfig): PipelineConfig[] => {
    const processors = stagesOf(pipeline).map((it) => it.id)
    return config.pipelines.filter((it) =>
      it.receivers.some((id) => !config.receivers.has(id) && processors.includes(id)),
    )
  }
  const reported = new Set<string>()
  return config.pipelines.flatMap((start) => {
    const round = findRound(start, next)
    if (round === undefined || round.some((it) => reported.has(it.id))) return []
    for (const pipeline of round) reported.add(pipeline.id)
    const way = [...round, start].map((it) => `pipeline "${it.id}"`).join(' -> ')
    return [{ path: [...placeOf(start), 'receivers'], message: `cycle detected: ${way}` }]
  })
}

function findRound(
  start: PipelineConfig,
  next: (pipeline: PipelineConfig) => PipelineConfig[],
): PipelineConfig[] | undefined {
  const seen = new Set<string>()
  const walk = (pipeline: PipelineConfig, way: PipelineConfig[]): PipelineConfig[] | undefined => {
    for (const following of next(pipeline)) {
      if (following.id === start.id) return [...way, pipeline]
      if (seen.has(following.id)) continue
      seen.add(following.id)
      const round = walk(following, [...way, pipeline])
      if (round !== undefined) return round
    }
    return undefined
  }
  return walk(start, [])
}

function placeOf(pipeline: PipelineConfig): readonly (string | number)[] {
  return ['service', 'pipelines', pipeline.id]
}

function frontOf(stages: readonly Stage[]): string {
  return ids(stages.slice(0, stages.findLastIndex(isFold) + 1))
}

function ids(stages: readonly Stage[]): string {
  return `[${stages.map((it) => it.id).join(', ')}]`
}
