import type { NotCounted } from '../../facts/fact.ts'
import { compareCalls, mergedCall } from './best-call.ts'
import { groupCalls } from './call-groups.ts'
import { type CallSpan, callAt } from './call-span.ts'
import { alone, type CallVerdict, type LostTo } from './call-verdict.ts'
import type { TraceTree } from './tree.ts'
import { countWrappers, coverUnknown, residueOf } from './wrappers.ts'

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
  coverUnknown(tree, traceId, wrappers, verdicts)
  return { verdicts, residueTokens: residueOf(tree, verdicts) }
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
    const reason = sums.has(set) ? 'wrapper' : whyNot(group, withSpans)
    const lost = group.map(({ record }) => lostTo.get(record.spanId)).find((it) => it !== undefined)
    if (reason !== undefined) {
      for (const { index, call } of group) verdicts[index] = alone(call, index, reason)
    } else if (lost !== undefined) {
      for (const { index, call } of group) verdicts[index] = alone(call, index, 'duplicate', lost)
    } else countGroup(group, traceId, verdicts)
  }
}

/** Why none of the records of a call counts, if so. */
function whyNot(
  group: readonly CallSpan[],
  withSpans: ReadonlySet<string>,
): NotCounted | undefined {
  if (group.some(({ call }) => call.isCachedReplay)) return 'cached_replay'
  const isRepeated = group.every(
    ({ record }) => record.source === 'log' && withSpans.has(record.dialect),
  )
  return isRepeated ? 'spans_arrive' : undefined
}

/** Counts the first record of a call, with all that the others know. */
function countGroup(
  group: readonly CallSpan[],
  traceId: string,
  verdicts: (CallVerdict | undefined)[],
): void {
  const [first, ...others] = group
  if (first === undefined) return
  const call = others.length === 0 ? first.call : mergedCall(group)
  const members = group.map(({ index }) => index)
  verdicts[first.index] = { notCounted: undefined, duplicateOf: undefined, call, members }
  const winner = `${traceId}/${first.record.spanId}`
  for (const { index, call } of others) verdicts[index] = alone(call, index, 'duplicate', winner)
}

/** Dialects that report calls as spans in this trace. */
function dialectsOfSpans(spans: readonly CallSpan[]): ReadonlySet<string> {
  return new Set(spans.flatMap(({ record }) => (record.source === 'span' ? [record.dialect] : [])))
}
