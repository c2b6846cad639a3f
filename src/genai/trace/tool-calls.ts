import type { ToolCall } from '../../facts/fact.ts'
import { isRun } from '../operation.ts'
import type { SpanRecord, ToolPart } from '../span-record.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { isInterrupt } from './error-types.ts'
import { isPrevention } from './policies.ts'
import { none, type TraceTree } from './tree.ts'

/** What one record means for the count of tool calls. */
export interface ToolVerdict {
  readonly notCounted: ToolCall['notCounted']
  readonly tool: ToolPart
  readonly outcome: ToolCall['outcome']
  readonly errorType: string | undefined
}

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

/** A record of a tool, with how deep in its trace it stands. */
interface ToolSpan {
  readonly record: SpanRecord
  readonly level: number
}

function spanAt({ records, levels }: TraceTree, index: number): ToolSpan[] {
  const record = records[index]
  return record === undefined ? [] : [{ record, level: levels[index] ?? 0 }]
}

/** The verdict on a tool of which nothing else is known. */
export function toolAlone(record: SpanRecord): ToolVerdict | undefined {
  if (!isTool(record) || isRefused(record)) return undefined
  const verdict = counted([{ record, level: 0 }], false)
  if (verdict === undefined || verdict.tool.layer === 'framework') return verdict
  return { ...verdict, notCounted: 'mcp_request' }
}

function isTool({ tool, operation }: SpanRecord): boolean {
  return tool !== undefined && operation !== 'delegation'
}

/** A gateway that denied a tool ran none. */
function isRefused({ policy }: SpanRecord): boolean {
  return policy !== undefined && isPrevention(policy)
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
  if (inner.layer !== 'framework' && outer.requestId !== undefined) {
    if (outer.requestId === inner.requestId) return true
  }
  if (outer.callId !== undefined && inner.callId !== undefined && outer.callId !== inner.callId) {
    return false
  }
  return outer.tool === inner.tool || inner.tool === '' || outer.tool === ''
}

const layers: readonly ToolPart['layer'][] = ['framework', 'mcp_client', 'mcp_server', 'gateway']

function layerOf({ tool }: SpanRecord): number {
  return tool === undefined ? layers.length : layers.indexOf(tool.layer)
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

function counted(spans: readonly ToolSpan[], isDenied: boolean): ToolVerdict | undefined {
  const [first, ...inner] = spans
  const own = first?.record.tool
  if (first === undefined || own === undefined) return undefined
  const failure = failureOf(first, inner)
  const errorClass = failure?.tool?.errorClass
  const pick = <K extends keyof ToolPart>(key: K) =>
    spans
      .map(({ record }) => record.tool?.[key])
      .find((value) => value !== undefined && value !== '')
  return {
    notCounted: undefined,
    tool: {
      tool: pick('tool') ?? '',
      server: pick('server'),
      callId: pick('callId'),
      errorClass: failure === undefined ? undefined : (errorClass ?? 'unclassified'),
      argumentsHash: pick('argumentsHash'),
      layer: own.layer,
      requestId: pick('requestId'),
    },
    outcome: isDenied ? 'ignored' : outcomeOf(failure),
    errorType: failure?.errorType,
  }
}

function repeated(record: SpanRecord, tool: ToolPart, isDenied: boolean): ToolVerdict {
  return {
    notCounted: tool.layer === 'framework' ? 'duplicate' : 'mcp_request',
    tool,
    outcome: isDenied ? 'ignored' : outcomeOf(isFailed(record) ? record : undefined),
    errorType: record.errorType,
  }
}

function isFailed({ isError, errorType, tool }: SpanRecord): boolean {
  return isError || errorType !== undefined || tool?.errorClass !== undefined
}

/** Says that there was an error and not which. */
const unnamedError = '_OTHER'

/**
 * The record that knows best why the tool failed: the outermost that names the error. Where the
 * first saw none, a failure is one of the last request on its way; what was tried again is not.
 */
function failureOf(first: ToolSpan, others: readonly ToolSpan[]): SpanRecord | undefined {
  const layer = layerOf(first.record)
  const inner = others.filter(
    ({ record, level }) =>
      (layerOf(record) > layer || level > first.level) && record.startMs >= first.record.startMs,
  )
  const top = inner.reduce((least, { level }) => Math.min(least, level), Number.POSITIVE_INFINITY)
  const lastStart = inner
    .filter(({ level }) => level === top)
    .reduce((latest, { record }) => Math.max(latest, record.startMs), 0)
  const failed = inner.map(({ record }) => record).filter(isFailed)
  const last = failed.filter((record) => record.startMs >= lastStart)
  const known = isFailed(first.record) ? [first.record, ...last, ...failed] : last
  const isNamed = ({ errorType }: SpanRecord) =>
    errorType !== undefined && errorType !== unnamedError
  return known.find(isNamed) ?? known[0]
}

function outcomeOf(failure: SpanRecord | undefined): ToolCall['outcome'] {
  if (failure === undefined) return 'good'
  const { errorType, tool } = failure
  if (errorType !== undefined && isInterrupt(errorType)) return 'ignored'
  const isNobodysFault = tool?.errorClass === 'infrastructure' || tool?.errorClass === 'cancelled'
  return isNobodysFault ? 'ignored' : 'bad'
}

/** One for each id of a request; without ids, one for each span of the outermost layer on the way. */
function requestsIn(spans: readonly ToolSpan[]): number {
  const onTheWay = spans.filter(({ record }) => layerOf(record) > 0)
  const ids = new Set(onTheWay.flatMap(({ record }) => record.tool?.requestId ?? []))
  if (ids.size > 0) return ids.size
  const layer = onTheWay.reduce((least, { record }) => Math.min(least, layerOf(record)), 4)
  return onTheWay.filter(({ record }) => layerOf(record) === layer).length
}
