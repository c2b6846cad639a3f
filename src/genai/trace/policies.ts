import type { PolicyCheck, PolicyDecision } from '../../facts/fact.ts'
import { isInference, isRun } from '../operation.ts'
import type { PolicyPart, SpanRecord } from '../span-record.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { none, type TraceTree } from './tree.ts'

/** Stage of a filter that hides what an agent may not do: nothing was attempted. */
export const visibilityStage = 'visibility'

/** What one record means for governance. */
export interface PolicyVerdict {
  /** What is known of the whole episode; of the record alone where it does not count. */
  readonly policy: PolicyPart
  /** Whether the episode counts by this record; an episode counts once. */
  readonly isCounted: boolean
}

export interface Policies {
  /** By index; nothing for records without a decision. */
  readonly verdicts: readonly (PolicyVerdict | undefined)[]
  /** Records of tools that were kept from running. */
  readonly denied: ReadonlySet<number>
}

/**
 * Gathers the decisions of a trace into episodes: one attempt of an agent, seen by the gateway, its
 * policy engine, the person who was asked, and the audit log.
 */
export function policiesOf(tree: TraceTree): Policies {
  const verdicts: (PolicyVerdict | undefined)[] = new Array(tree.records.length).fill(undefined)
  const checks = checksOf(tree)
  const denied = new Set<number>()
  if (checks.length === 0) return { verdicts, denied }
  const sets = episodesOf(tree, checks)
  for (const members of Map.groupBy(checks, (index) => sets.find(index)).values()) {
    const ordered = members.toSorted((a, b) => compareChecks(tree, a, b))
    const policy = episodeOf(ordered.flatMap((index) => tree.records[index] ?? []))
    ordered.forEach((index, place) => {
      const own = tree.records[index]?.policy
      if (own !== undefined) {
        verdicts[index] = { policy: place === 0 ? policy : own, isCounted: place === 0 }
      }
    })
    if (!isPrevention(policy)) continue
    for (const index of ordered) {
      const tool = toolAt(tree, index)
      if (tool !== none) denied.add(tool)
    }
  }
  return { verdicts, denied }
}

/**
 * The verdict on a record of which nothing else is known. Within a trace an event of the log waits:
 * mostly it repeats what a span says.
 */
export function policyAlone(
  { source, policy }: SpanRecord,
  traceId: string,
): PolicyVerdict | undefined {
  return policy && { policy, isCounted: source === 'span' || traceId === '' }
}

function checksOf({ records }: TraceTree): number[] {
  const checks: number[] = []
  records.forEach(({ policy }, index) => {
    if (policy !== undefined) checks.push(index)
  })
  return checks
}

/** The outermost first, spans before events of the log. */
function compareChecks({ records, levels }: TraceTree, a: number, b: number): number {
  return (
    Number(records[a]?.source === 'log') - Number(records[b]?.source === 'log') ||
    (levels[a] ?? 0) - (levels[b] ?? 0) ||
    a - b
  )
}

function episodesOf(tree: TraceTree, checks: readonly number[]): DisjointSets {
  const sets = new DisjointSets(tree.records.length)
  const above = checksAbove(tree)
  const latest = new Map<string, number>()
  for (const index of checks) {
    const check = tree.records[index]
    const outer = above[index] ?? none
    if (check?.policy === undefined) continue
    const keys = [check.policy.rule, check.policy.policy].filter((name) => name !== undefined)
    const earlier = keys.map((key) => latest.get(key)).find((it) => it !== undefined)
    if (outer !== none && isSameEpisode(tree.records[outer], check)) sets.union(index, outer)
    else if (earlier !== undefined && follows(check, tree.records[earlier])) {
      sets.union(index, earlier)
    }
    if (check.source === 'span') for (const key of keys) latest.set(key, index)
  }
  return sets
}

/** For each record the nearest decision above it about the same attempt. */
function checksAbove({ records, parents, order }: TraceTree): Int32Array {
  const above = new Int32Array(records.length).fill(none)
  for (const index of order) {
    const parent = parents[index] ?? none
    const around = records[parent]
    if (around === undefined || isRun(around.operation) || isInference(around.operation)) continue
    if (around.policy !== undefined) above[index] = parent
    else if (around.tool === undefined && around.operation !== 'evaluator') {
      above[index] = above[parent] ?? none
    }
  }
  return above
}

function isSameEpisode(outer: SpanRecord | undefined, inner: SpanRecord): boolean {
  if (inner.source === 'log' || outer?.tool !== undefined) return true
  return inner.policy?.by === 'human' || inner.policy?.by === outer?.policy?.by
}

/** The audit log repeats the decision on a rule; a person answers the one that was left open. */
function follows({ source, policy }: SpanRecord, earlier: SpanRecord | undefined): boolean {
  return source === 'log' || (policy?.by === 'human' && !isFinal(earlier?.policy?.decision))
}

/** @param members the outermost first */
function episodeOf(members: readonly SpanRecord[]): PolicyPart {
  const parts = members.flatMap(({ policy }) => policy ?? [])
  const [first] = parts
  if (first === undefined) throw new RangeError('no episode without a decision')
  const answer = parts.findLast(({ by, decision }) => by === 'human' && isFinal(decision))
  const deciding = answer ?? parts.find(({ decision }) => decision !== undefined) ?? first
  const pick = <K extends keyof PolicyPart>(key: K) =>
    parts.map((part) => part[key]).find((value) => value !== undefined)
  return {
    policy: pick('policy'),
    rule: pick('rule'),
    decision: deciding.decision,
    isEnforced: deciding.isEnforced,
    stage: pick('stage'),
    tool: pick('tool') ?? members.find(({ tool }) => tool !== undefined)?.tool?.tool,
    by: deciding.by,
  }
}

function isFinal(decision: PolicyDecision | undefined): boolean {
  return decision === 'allow' || decision === 'deny'
}

/** Whether a decision kept something from being done; after it was done only its result is hidden. */
export function isPrevention({ decision, isEnforced, stage }: PolicyPart): boolean {
  return decision === 'deny' && isEnforced && !stage?.startsWith('post')
}

/** The tool whose use was decided on: the record itself, or the nearest above. */
function toolAt({ records, parents }: TraceTree, index: number): number {
  if (records[index]?.tool !== undefined) return index
  const parent = parents[index] ?? none
  return records[parent]?.tool === undefined ? none : parent
}

/**
 * What a decision says of the agent: a denial is bad although the guard worked, for the agent tried.
 * What waits for a person, or was changed or only simulated, is neither.
 */
export function policyOutcome({ decision, stage }: PolicyPart): PolicyCheck['outcome'] {
  if (stage === visibilityStage) return 'ignored'
  switch (decision) {
    case 'allow':
    case 'warn':
      return 'good'
    case 'deny':
    case 'error':
      return 'bad'
    default:
      return 'ignored'
  }
}
