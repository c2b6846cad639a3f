import type { NotCounted } from '../../facts/fact.ts'
import type { CallPart, SpanRecord } from '../span-record.ts'
import { compareCalls, mergedCall } from './best-call.ts'
import { groupCalls } from './call-groups.ts'
import { type CallSpan, callAt } from './call-span.ts'
import { none, type TraceTree } from './tree.ts'

/** Spans whose call counts in another trace: span id to `trace/span`. */
export type LostTo = ReadonlyMap<string, string>

/** Whether the tokens on one record count. */
export interface CallVerdict {
  /** Absent when they count. */
  readonly notCounted: NotCounted | undefined
  /** The span that has the same call and counts, `trace/span`. */
  readonly duplicateOf: string | undefined
  /** Its own call; where it counts with what other records of the same call know. */
  readonly call: CallPart
  /** The records of the same call by index, the one that knows most first; itself if it is not. */
  readonly members: readonly number[]
}

export interface Counting {
  /** By index of the record; nothing for records that report no call. */
  readonly verdicts: readonly (CallVerdict | undefined)[]
  /** Tokens that wrappers have beyond what counts below them: calls that nobody reported. */
  readonly residueTokens: number
}

/** Decides for every record of a trace whether its tokens count. */
export function countCalls(tree: TraceTree, traceId: string, lostTo: LostTo): Counting {
  const verdicts: (CallVerdict | undefined)[] = new Array(tree.records.length).fill(undefined)
  countInferences(tree, traceId, lostTo, verdicts)
  const wrappers = countWrappers(tree, lostTo, verdicts)
  coverUnknown(tree, traceId, wrappers.counted, verdicts)
  return { verdicts, residueTokens: wrappers.residueTokens }
}

/** The verdict on a record of which nothing else is known; a wrapper counts only when it is alone. */
export function callAlone({ call }: SpanRecord): Omit<CallVerdict, 'members'> | undefined {
  if (call === undefined) return undefined
  if (call.role !== 'inference') return isSpent(call) ? repeated(call, none, true) : undefined
  const notCounted = call.isCachedReplay ? 'cached_replay' : undefined
  return { notCounted, duplicateOf: undefined, call }
}

function countInferences(
  tree: TraceTree,
  traceId: string,
  lostTo: LostTo,
  verdicts: (CallVerdict | undefined)[],
): void {
  const { calls, sets, sums } = groupCalls(tree)
  const spans = calls.map((index) => callAt(tree, index))
  const withSpans = dialectsOfSpans(spans)
  for (const [set, group] of Map.groupBy(spans, ({ index }) => sets.find(index))) {
    group.sort(compareCalls)
    const lost = group.map(({ record }) => lostTo.get(record.spanId)).find((it) => it !== undefined)
    const verdict = sums.has(set) || lost !== undefined ? undefined : best(group, withSpans)
    const winner = `${traceId}/${group[0]?.record.spanId}`
    group.forEach(({ index, call }, place) => {
      if (sums.has(set)) verdicts[index] = alone(call, index, 'wrapper')
      else if (place === 0 && verdict !== undefined) verdicts[index] = verdict
      else verdicts[index] = alone(call, index, 'duplicate', lost ?? winner)
    })
  }
}

/** The verdict on the first record of a call, which knows what all of them know. */
function best(group: readonly CallSpan[], withSpans: ReadonlySet<string>): CallVerdict {
  const call = mergedCall(group)
  const members = group.map(({ index }) => index)
  const notCounted = call.isCachedReplay
    ? 'cached_replay'
    : isRepeatedLog(group[0]?.record, withSpans)
      ? 'spans_arrive'
      : undefined
  return { notCounted, duplicateOf: undefined, call, members }
}

/** Dialects that report calls as spans in this trace. */
function dialectsOfSpans(spans: readonly CallSpan[]): ReadonlySet<string> {
  return new Set(spans.flatMap(({ record }) => (record.source === 'span' ? [record.dialect] : [])))
}

function isRepeatedLog(record: SpanRecord | undefined, withSpans: ReadonlySet<string>): boolean {
  return record?.source === 'log' && withSpans.has(record.dialect)
}

function alone(
  call: CallPart,
  index: number,
  notCounted: NotCounted,
  duplicateOf?: string,
): CallVerdict {
  return { notCounted, duplicateOf, call, members: [index] }
}

/** How much more a wrapper may have before we say that calls are missing. */
const residueTolerance = 0.01

/**
 * Counts those wrappers below which nothing counts, from the innermost out. What an evaluator does
 * is no part of what is around it.
 */
function countWrappers(
  tree: TraceTree,
  lostTo: LostTo,
  verdicts: (CallVerdict | undefined)[],
): { counted: ReadonlySet<number>; residueTokens: number } {
  const hasTokens = new Uint8Array(tree.records.length)
  const tokens = new Float64Array(tree.records.length)
  const residues = new Float64Array(tree.records.length)
  const counted = new Set<number>()
  let residueTokens = 0
  for (let at = tree.order.length - 1; at >= 0; at--) {
    const index = tree.order[at] ?? none
    const record = tree.records[index]
    if (record === undefined) continue
    if (record.call !== undefined && record.call.role !== 'inference' && isSpent(record.call)) {
      const lost = lostTo.get(record.spanId)
      verdicts[index] =
        lost === undefined
          ? repeated(record.call, index, hasTokens[index] === 1)
          : alone(record.call, index, 'duplicate', lost)
    }
    const verdict = verdicts[index]
    if (record.call?.role === 'wrapper' && verdict?.notCounted === 'wrapper') {
      const residue = tokensOf(record.call) - (tokens[index] ?? 0)
      if (residue > tokensOf(record.call) * residueTolerance) residues[index] = residue
    }
    if (verdict !== undefined && isReported(verdict)) hasTokens[index] = 1
    if (verdict !== undefined && verdict.notCounted === undefined) {
      tokens[index] = (tokens[index] ?? 0) + tokensOf(verdict.call)
      if (record.call?.role === 'wrapper') counted.add(index)
    }
    const parent = tree.parents[index] ?? none
    if (parent === none || record.operation === 'evaluator') {
      residueTokens += residues[index] ?? 0
      continue
    }
    hasTokens[parent] = (hasTokens[parent] ?? 0) | (hasTokens[index] ?? 0)
    tokens[parent] = (tokens[parent] ?? 0) + (tokens[index] ?? 0)
    residues[parent] = (residues[parent] ?? 0) + (residues[index] ?? 0)
  }
  return { counted, residueTokens }
}

/** The verdict on tokens that are sums or copies. */
function repeated(call: CallPart, index: number, hasTokensBelow: boolean): CallVerdict {
  if (call.role === 'cumulative') return alone(call, index, 'cumulative')
  if (call.role === 'copy') return alone(call, index, 'gateway_copy')
  if (call.isCachedReplay) return alone(call, index, 'cached_replay')
  if (hasTokensBelow) return alone(call, index, 'wrapper')
  return { notCounted: undefined, duplicateOf: undefined, call, members: [index] }
}

function isSpent({ usage, reportedNanoUsd }: CallPart): boolean {
  return reportedNanoUsd !== undefined || hasUsage(usage)
}

function hasUsage(usage: CallPart['usage']): boolean {
  return usage?.inputTokens !== undefined || usage?.outputTokens !== undefined
}

/** Whether the tokens of a call are somewhere known, so that a sum around it repeats them. */
function isReported({ notCounted, call }: CallVerdict): boolean {
  if (notCounted === 'cumulative' || notCounted === 'gateway_copy') return false
  return isSpent(call)
}

function tokensOf({ usage }: CallPart): number {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0)
}

/**
 * Gives inferences without tokens to the wrapper that counts around them, since it has theirs. A
 * failed one has none that anybody could have.
 */
function coverUnknown(
  tree: TraceTree,
  traceId: string,
  wrappers: ReadonlySet<number>,
  verdicts: (CallVerdict | undefined)[],
): void {
  if (wrappers.size === 0) return
  const around = new Int32Array(tree.records.length).fill(none)
  for (const index of tree.order) {
    const parent = tree.parents[index] ?? none
    const record = tree.records[index]
    if (record === undefined || parent === none || record.operation === 'evaluator') continue
    around[index] = wrappers.has(parent) ? parent : (around[parent] ?? none)
    const verdict = verdicts[index]
    const wrapper = tree.records[around[index] ?? none]
    if (verdict === undefined || wrapper === undefined || record.isError) continue
    if (verdict.notCounted !== undefined || isSpent(verdict.call)) continue
    verdicts[index] = alone(verdict.call, index, 'duplicate', `${traceId}/${wrapper.spanId}`)
  }
}
