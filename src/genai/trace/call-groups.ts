import type { CallPart, SpanRecord } from '../span-record.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { isSameModel, modelKey } from './same-model.ts'
import { none, type TraceTree } from './tree.ts'

/** Which records of inferences report one and the same call. */
export interface CallGroups {
  /** Inferences by index, as they started. */
  readonly calls: readonly number[]
  readonly sets: DisjointSets
  /** Sets whose tokens are the sums of several calls below; by the number that stands for the set. */
  readonly sums: ReadonlySet<number>
}

/** Clocks of two machines, and two instrumentations of one call, are this far apart. */
const skewMs = 50

export function groupCalls(tree: TraceTree): CallGroups {
  const calls: number[] = []
  tree.records.forEach(({ call }, index) => {
    if (call?.role === 'inference') calls.push(index)
  })
  const sets = new DisjointSets(tree.records.length)
  if (calls.length < 2) return { calls, sets, sums: new Set() }
  const above = callsAbove(tree)
  joinResponses(tree, calls, above, sets)
  joinLogs(tree, calls, sets)
  joinSiblings(tree, calls, sets)
  return { calls, sets, sums: joinChains(tree, above, sets) }
}

/** The parts of a record that the rules read; only records of calls get here. */
function callAt({ records }: TraceTree, index: number): { record: SpanRecord; call: CallPart } {
  const record = records[index]
  if (record?.call === undefined) throw new RangeError(`record ${index} has no call`)
  return { record, call: record.call }
}

/** For each record the nearest inference above it that it can be a part of. */
function callsAbove({ records, parents, order }: TraceTree): Int32Array {
  const above = new Int32Array(records.length).fill(none)
  for (const index of order) {
    const parent = parents[index] ?? none
    const record = records[parent]
    if (record === undefined || isOwnWork(record)) continue
    above[index] = record.call?.role === 'inference' ? parent : (above[parent] ?? none)
  }
  return above
}

/** Calls below such a span are made by what it runs, and are no part of the call around it. */
function isOwnWork({ operation }: SpanRecord): boolean {
  return (
    operation === 'execute_tool' ||
    operation === 'mcp_request' ||
    operation === 'evaluator' ||
    operation === 'delegation'
  )
}

/**
 * Joins what has one response id and comes from one family of providers. A replay from a cache has
 * the id of the call that was paid for: with it go only the spans around it.
 */
function joinResponses(
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
  const replayed = new Set<number>()
  for (const index of members) {
    if (callAt(tree, index).call.isCachedReplay) replayed.add(sets.find(index))
  }
  const paid = members.filter((index) => !replayed.has(sets.find(index)))
  const isOneFamily = paid.some((index) => speaksForOthers(callAt(tree, index).call))
  const firsts = new Map<string, number>()
  for (const index of paid) {
    const family = isOneFamily ? '' : familyOf(callAt(tree, index).call.provider ?? '')
    const first = firsts.get(family)
    if (first === undefined) firsts.set(family, index)
    else sets.union(first, index)
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

/** Joins an event of the log with the inference during which it was written. */
function joinLogs(tree: TraceTree, calls: readonly number[], sets: DisjointSets): void {
  for (const index of calls) {
    const parent = tree.parents[index] ?? none
    if (callAt(tree, index).record.source !== 'log') continue
    if (tree.records[parent]?.call?.role === 'inference') sets.union(index, parent)
  }
}

/** Joins neighbours of different scopes that started together with equal tokens. */
function joinSiblings(tree: TraceTree, calls: readonly number[], sets: DisjointSets): void {
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

/**
 * Joins an inference with the one below it that repeats it; where there are several below, it is
 * their sum, or a repetition of the last, and no call.
 */
function joinChains(tree: TraceTree, above: Int32Array, sets: DisjointSets): Set<number> {
  const parts = new Map<number, number[]>()
  const sums = new Set<number>()
  for (let at = tree.order.length - 1; at >= 0; at--) {
    const index = tree.order[at] ?? none
    if (tree.records[index]?.call?.role !== 'inference') continue
    joinParts(tree, index, parts.get(index) ?? [], sets, sums)
    const outer = above[index] ?? none
    if (outer === none) continue
    const others = parts.get(outer)
    if (others === undefined) parts.set(outer, [index])
    else others.push(index)
  }
  return new Set([...sums].map((member) => sets.find(member)))
}

function joinParts(
  tree: TraceTree,
  outer: number,
  below: readonly number[],
  sets: DisjointSets,
  sums: Set<number>,
): void {
  const parts = new Map<number, number>()
  for (const index of below) {
    const set = sets.find(index)
    if (set !== sets.find(outer) && isWithin(tree, index, outer)) parts.set(set, index)
  }
  if (parts.size === 0) return
  const total = callAt(tree, outer).call.usage?.outputTokens
  const outputs = [...parts.values()].map((part) => callAt(tree, part).call.usage?.outputTokens)
  if (!isRepeated(total, outputs)) return
  if (parts.size > 1) sums.add(outer)
  else for (const part of parts.values()) sets.union(outer, part)
}

function isWithin(tree: TraceTree, part: number, outer: number): boolean {
  const inner = callAt(tree, part)
  const around = callAt(tree, outer)
  return (
    inner.record.startMs >= around.record.startMs - skewMs &&
    inner.record.endMs <= around.record.endMs + skewMs &&
    isSameModel(inner.call, around.call)
  )
}

/** Whether a total is the sum of some numbers or one of them; the unknown contradicts nothing. */
function isRepeated(total: number | undefined, outputs: readonly (number | undefined)[]): boolean {
  if (total === undefined || outputs.includes(total)) return true
  if (outputs.includes(undefined)) return outputs.length === 1
  return outputs.reduce<number>((sum, output) => sum + (output ?? 0), 0) === total
}
