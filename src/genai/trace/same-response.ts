import type { CallPart } from '../span-record.ts'
import { type CallSpan, callAt } from './call-span.ts'
import type { DisjointSets } from './disjoint-sets.ts'
import { skewMs } from './skew.ts'
import { none, type TraceTree } from './tree.ts'

/**
 * Joins what has one response id and comes from one family of providers. A replay from a cache has
 * the id of the call that was paid for: with it go only the spans around it.
 *
 * @param above for each record the inference that it can be a part of
 */
export function joinResponses(
  tree: TraceTree,
  calls: readonly number[],
  above: Int32Array,
  sets: DisjointSets,
): void {
  const byId = new Map<string, number[]>()
  for (const index of calls) {
    const { responseId } = callAt(tree, index).call
    if (responseId === undefined) continue
    const others = byId.get(responseId)
    if (others === undefined) byId.set(responseId, [index])
    else others.push(index)
  }
  for (const [responseId, members] of byId) {
    if (members.length === 1) continue
    for (const index of members) {
      const outer = above[index] ?? none
      if (tree.records[outer]?.call?.responseId === responseId) sets.union(index, outer)
    }
    joinPaidFor(tree, members, sets)
  }
}

function joinPaidFor(tree: TraceTree, members: readonly number[], sets: DisjointSets): void {
  const spans = members.map((index) => callAt(tree, index))
  const replays = spans.filter(({ call }) => call.isCachedReplay)
  const replayed = new Set(replays.map(({ index }) => sets.find(index)))
  const paid = spans.filter(({ index }) => !replayed.has(sets.find(index)))
  const isOneFamily = paid.some(({ call }) => speaksForOthers(call))
  const families = Map.groupBy(paid, ({ call }) =>
    isOneFamily ? '' : familyOf(call.provider ?? ''),
  )
  for (const family of families.values()) joinFamily(family, sets)
}

/**
 * Joins calls with one id. Small servers use few ids again and again: one that comes later, with
 * other tokens, is another call.
 *
 * @param spans as they started
 */
function joinFamily(spans: readonly CallSpan[], sets: DisjointSets): void {
  const byOutput = new Map<number, number>()
  let latest = none
  let latestEndMs = Number.NEGATIVE_INFINITY
  for (const { index, record, call } of spans) {
    const output = call.usage?.outputTokens
    const isNow = output === undefined || record.startMs <= latestEndMs + skewMs
    const same = byOutput.get(output ?? none) ?? (isNow ? latest : none)
    if (same !== none) sets.union(same, index)
    latest = same === none ? index : same
    latestEndMs = Math.max(latestEndMs, record.endMs)
    if (output !== undefined) byOutput.set(output, latest)
  }
}

/** A gateway hands out the ids of its own protocol or of whom it asked. */
function speaksForOthers({ isGateway, provider }: CallPart): boolean {
  return (
    isGateway ||
    provider === undefined ||
    provider === 'aws.bedrock' ||
    provider === 'openrouter' ||
    provider === 'litellm'
  )
}

function familyOf(provider: string): string {
  if (provider.startsWith('azure.')) return 'openai'
  return provider.startsWith('gcp.') ? 'gcp' : provider
}
