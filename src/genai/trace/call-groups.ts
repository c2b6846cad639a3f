import type { SpanRecord } from '../span-record.ts'
import { callAt } from './call-span.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { isSameModel } from './same-model.ts'
import { joinResponses } from './same-response.ts'
import { joinSiblings } from './side-by-side.ts'
import { skewMs } from './skew.ts'
import { none, type TraceTree } from './tree.ts'

/** Which records of inferences report one and the same call. */
export interface CallGroups {
  /** Inferences by index, as they started. */
  readonly calls: readonly number[]
  readonly sets: DisjointSets
  /** Sets whose tokens are the sums of several calls below; by the number that stands for the set. */
  readonly sums: ReadonlySet<number>
}

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

/** Joins an event of the log with the inference during which it was written. */
function joinLogs(tree: TraceTree, calls: readonly number[], sets: DisjointSets): void {
  for (const index of calls) {
    const parent = tree.parents[index] ?? none
    if (callAt(tree, index).record.source !== 'log') continue
    if (tree.records[parent]?.call?.role === 'inference') sets.union(index, parent)
  }
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
