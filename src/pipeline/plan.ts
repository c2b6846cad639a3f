import type { PipelineKind } from '../component/batch.ts'
import type { Permanent } from '../component/delivery.ts'
import type { GraphConfig, PipelineConfig } from './graph-config.ts'
import {
  type FoldStage,
  type Instances,
  isFold,
  isHolding,
  isMap,
  type MapStage,
  type Stage,
} from './instances.ts'

/** A pipeline behind everything that remembers: what is left to do, and where it ends. */
export interface Branch {
  readonly pipeline: PipelineConfig
  readonly suffix: readonly Stage[]
}

/** Everything up to the end of a chain, run once for all pipelines that share it. */
export interface Trunk {
  /** Ids of the remembering processors, joined; empty where nothing remembers. */
  readonly chain: string
  /** Maps before the first fold: they may still refuse a batch without a trace. */
  readonly before: readonly MapStage[]
  /** From the first fold to the last one, maps between them included. */
  readonly steps: readonly (FoldStage | MapStage)[]
  readonly branches: readonly Branch[]
}

/** Remembering processors in their one order, and where what they learn later goes. */
export interface Chain {
  readonly key: string
  readonly folds: readonly FoldStage[]
  /** The same with the maps that stand between them, as in the pipelines of {@link lateKind}. */
  readonly steps: readonly (FoldStage | MapStage)[]
  /** Kind of the deliveries that carry later facts. */
  readonly lateKind: PipelineKind
  readonly lateBranches: readonly Branch[]
}

/** How deliveries travel; made once per configuration. */
export interface Plan {
  readonly chains: readonly Chain[]
  readonly branches: readonly Branch[]
  /** Trunks that a receiver or source of one kind feeds, in the order of the pipelines. */
  trunks(source: string, kind: PipelineKind): readonly Trunk[]
}

/** What becomes of a request that a plan has no trunk for. */
export function noPipeline(source: string, kind: PipelineKind): Permanent {
  return { kind: 'permanent', reason: `no pipeline takes ${kind} from ${source}` }
}

/** Kinds in the order in which later facts choose their pipelines. */
const lateKinds: readonly PipelineKind[] = ['traces', 'logs', 'metrics', 'alerts']

/** Lays out trunks, chains and branches. The configuration has passed {@link graphProblems}. */
export function plan(config: GraphConfig, instances: Instances): Plan {
  const branches = new Map<string, Branch>()
  const lines = config.pipelines.map((pipeline) => {
    const stages = instances.stages.get(pipeline.id) ?? []
    const line = { pipeline, ...cut(stages) }
    branches.set(pipeline.id, { pipeline, suffix: line.suffix })
    return line
  })
  const branchOf = (line: Line): Branch =>
    branches.get(line.pipeline.id) ?? { pipeline: line.pipeline, suffix: line.suffix }

  const routes = new Map<string, readonly Trunk[]>()
  for (const line of lines) {
    for (const source of line.pipeline.receivers) {
      const key = routeKey(source, line.pipeline.kind)
      if (!routes.has(key)) routes.set(key, trunksOf(source, line.pipeline.kind))
    }
  }
  return {
    chains: chainsOf(lines, branchOf),
    branches: [...branches.values()],
    trunks: (source, kind) => routes.get(routeKey(source, kind)) ?? [],
  }

  function trunksOf(source: string, kind: PipelineKind): Trunk[] {
    const fed = lines.filter(
      ({ pipeline }) => pipeline.kind === kind && pipeline.receivers.includes(source),
    )
    const groups = Map.groupBy(fed, (line) => line.chain || `pipeline ${line.pipeline.id}`)
    return [...groups.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const { chain, before, steps } = first
      return [{ chain, before, steps, branches: group.map(branchOf) }]
    })
  }
}

interface Cut {
  readonly chain: string
  readonly before: readonly MapStage[]
  readonly steps: readonly (FoldStage | MapStage)[]
  readonly suffix: readonly Stage[]
}

interface Line extends Cut {
  readonly pipeline: PipelineConfig
}

/** The two places where a pipeline is cut: before its first fold, and behind its last. */
function cut(stages: readonly Stage[]): Cut {
  const firstFold = stages.findIndex(isFold)
  const firstHolding = stages.findIndex(isHolding)
  const chainEnd = stages.findLastIndex(isFold) + 1
  const beforeEnd = firstFold >= 0 ? firstFold : firstHolding >= 0 ? firstHolding : stages.length
  const folds = stages.filter(isFold)
  return {
    chain: folds.map((it) => it.id).join(' → '),
    before: stages.slice(0, beforeEnd).filter(isMap),
    steps: stages.slice(beforeEnd, chainEnd).filter((it) => isFold(it) || isMap(it)),
    suffix: stages.slice(Math.max(beforeEnd, chainEnd)),
  }
}

function chainsOf(lines: readonly Line[], branchOf: (line: Line) => Branch): Chain[] {
  const groups = Map.groupBy(
    lines.filter((it) => it.chain !== ''),
    (it) => it.chain,
  )
  const chains = [...groups].map(([key, group]) => {
    const lateKind = lateKinds.find((kind) => group.some((it) => it.pipeline.kind === kind))
    const late = group.filter((it) => it.pipeline.kind === lateKind)
    const steps = late[0]?.steps ?? []
    return {
      key,
      folds: steps.filter(isFold),
      steps,
      lateKind: lateKind ?? 'traces',
      lateBranches: late.map(branchOf),
    }
  })
  const isAlerts = (chain: Chain) => (chain.lateKind === 'alerts' ? 1 : 0)
  return chains.sort((a, b) => isAlerts(a) - isAlerts(b))
}

function routeKey(source: string, kind: PipelineKind): string {
  return `${kind} ${source}`
}
