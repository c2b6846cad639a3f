import { isRun } from '../operation.ts'
import type { SpanRecord, ToolPart } from '../span-record.ts'
import { DisjointSets } from './disjoint-sets.ts'
import {
  counted,
  isRefused,
  isTool,
  layerOf,
  repeated,
  type ToolSpan,
  type ToolVerdict,
} from './tool-verdict.ts'
import { none, type TraceTree } from './tree.ts'

export interface ToolCalls {
  /** By index; nothing for records that ran no tool. */
  readonly verdicts: readonly (ToolVerdict | undefined)[]
  /** Requests to MCP servers; one that several spans show is one. */
  readonly mcpRequests: number
}

/**
 * Gathers what shows one execution of a tool: a framework, the client and the server of MCP, a
 * gateway.
 *
 * @param denied records of tools that a policy kept from running
 */
export function toolCallsOf(tree: TraceTree, denied: ReadonlySet<number>): ToolCalls {
  const verdicts: (ToolVerdict | undefined)[] = new Array(tree.records.length).fill(undefined)
  const tools = toolsOf(tree)
  if (tools.length === 0) return { verdicts, mcpRequests: 0 }
  const sets = joined(tree, tools)
  let mcpRequests = 0
  for (const members of Map.groupBy(tools, (index) => sets.find(index)).values()) {
    const ordered = members.toSorted((a, b) => compareTools(tree, a, b))
    const spans = ordered.flatMap((index) => spanAt(tree, index))
    const isDenied = ordered.some((index) => denied.has(index))
    ordered.forEach((index, place) => {
      const record = tree.records[index]
      if (record?.tool === undefined || isRefused(record)) return
      verdicts[index] =
        place === 0 ? counted(spans, isDenied) : repeated(record, record.tool, isDenied)
    })
    mcpRequests += requestsIn(spans)
  }
  return { verdicts, mcpRequests }
}

function spanAt({ records, levels }: TraceTree, index: number): ToolSpan[] {
  const record = records[index]
  return record === undefined ? [] : [{ record, level: levels[index] ?? 0 }]
}

function toolsOf({ records }: TraceTree): number[] {
  const tools: number[] = []
  records.forEach((record, index) => {
    if (isTool(record)) tools.push(index)
  })
  return tools
}

function joined(tree: TraceTree, tools: readonly number[]): DisjointSets {
  const sets = new DisjointSets(tree.records.length)
  const byCall = new Map<string, number>()
  const above = toolsAbove(tree)
  for (const index of tools) {
    const tool = tree.records[index]?.tool
    const outer = above[index] ?? none
    const around = tree.records[outer]?.tool
    if (tool === undefined) continue
    if (around !== undefined && isSameCall(around, tool)) sets.union(outer, index)
    if (tool.callId === undefined) continue
    const key = `${tool.callId} ${tool.tool}`
    const first = byCall.get(key)
    if (first === undefined) byCall.set(key, index)
    else sets.union(first, index)
  }
  return sets
}

/** For each record the nearest tool that it runs in. */
function toolsAbove({ records, parents, order }: TraceTree): Int32Array {
  const above = new Int32Array(records.length).fill(none)
  for (const index of order) {
    const parent = parents[index] ?? none
    const around = records[parent]
    if (around === undefined || isRun(around.operation) || around.operation === 'evaluator')
      continue
    above[index] = isTool(around) ? parent : (above[parent] ?? none)
  }
  return above
}

function isSameCall(outer: ToolPart, inner: ToolPart): boolean {
  if (outer.requestId !== undefined && outer.requestId === inner.requestId) return true
  if (outer.callId !== undefined && inner.callId !== undefined && outer.callId !== inner.callId) {
    return false
  }
  return outer.tool === inner.tool || inner.tool === '' || outer.tool === ''
}

/**
 * The one that counts first: who ran the tool before who only carried the request, with a call id
 * before without, then the innermost, and of several attempts the last.
 */
function compareTools(tree: TraceTree, a: number, b: number): number {
  const one = tree.records[a]
  const other = tree.records[b]
  if (one === undefined || other === undefined) return a - b
  return (
    layerOf(one) - layerOf(other) ||
    Number(other.tool?.callId !== undefined) - Number(one.tool?.callId !== undefined) ||
    innermost(tree, a, b, one) ||
    b - a
  )
}

/** Among requests on their way the client, which is the outermost, knows best. */
function innermost({ levels }: TraceTree, a: number, b: number, { tool }: SpanRecord): number {
  const difference = (levels[b] ?? 0) - (levels[a] ?? 0)
  return tool?.layer === 'framework' ? difference : -difference
}

/** One for each id of a request; without ids, one for each span of the outermost layer on the way. */
function requestsIn(spans: readonly ToolSpan[]): number {
  const onTheWay = spans.filter(({ record }) => layerOf(record) > 0)
  const ids = new Set(onTheWay.flatMap(({ record }) => record.tool?.requestId ?? []))
  if (ids.size > 0) return ids.size
  const layer = onTheWay.reduce((least, { record }) => Math.min(least, layerOf(record)), 4)
  return onTheWay.filter(({ record }) => layerOf(record) === layer).length
}
