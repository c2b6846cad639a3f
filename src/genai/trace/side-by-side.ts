import type { CallPart } from '../span-record.ts'
import { callAt } from './call-span.ts'
import type { DisjointSets } from './disjoint-sets.ts'
import { modelKey } from './same-model.ts'
import { skewMs } from './skew.ts'
import { none, type TraceTree } from './tree.ts'

/** Joins neighbours of different scopes that started together with equal tokens. */
export function joinSiblings(tree: TraceTree, calls: readonly number[], sets: DisjointSets): void {
  const alike = new Map<string, number[]>()
  for (const index of calls) {
    const usage = callAt(tree, index).call.usage
    if (usage?.inputTokens === undefined || usage.outputTokens === undefined) continue
    const key = `${tree.parents[index]} ${usage.inputTokens} ${usage.outputTokens}`
    const others = alike.get(key)
    if (others === undefined) alike.set(key, [index])
    else others.push(index)
  }
  for (const members of alike.values()) {
    if (members.length === 1) continue
    for (const ofModel of byModel(tree, members)) pairScopes(tree, ofModel, sets)
  }
}

function byModel(tree: TraceTree, members: readonly number[]): Iterable<number[]> {
  return Map.groupBy(members, (index) => {
    const { responseModel, requestModel } = callAt(tree, index).call
    return modelKey(responseModel ?? requestModel ?? '')
  }).values()
}

/**
 * Puts each record to the earliest call that its scope has not reported yet. Every scope only moves
 * forward through the calls, so that the cost stays linear.
 */
function pairScopes(tree: TraceTree, members: readonly number[], sets: DisjointSets): void {
  const firsts: number[] = []
  const nextOf = new Map<string, number>()
  let fresh = 0
  for (const index of members) {
    const { record, call } = callAt(tree, index)
    const isOld = (first: number) => (tree.records[first]?.startMs ?? 0) < record.startMs - skewMs
    while (fresh < firsts.length && isOld(firsts[fresh] ?? none)) fresh++
    const at = Math.max(fresh, nextOf.get(record.scope) ?? 0)
    const first = firsts[at]
    if (first === undefined || isOther(tree.records[first]?.call, call)) {
      firsts.push(index)
      nextOf.set(record.scope, firsts.length)
    } else {
      sets.union(first, index)
      nextOf.set(record.scope, at + 1)
    }
  }
}

/** Whether two calls have ids of their own, and different ones. */
function isOther(a: CallPart | undefined, { responseId }: CallPart): boolean {
  return a?.responseId !== undefined && responseId !== undefined && a.responseId !== responseId
}
