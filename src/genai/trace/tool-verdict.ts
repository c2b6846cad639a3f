import type { ToolCall } from '../../facts/fact.ts'
import type { SpanRecord, ToolPart } from '../span-record.ts'
import { toolOutcome } from '../tool-error.ts'
import { isInterrupt } from './error-types.ts'
import { isPrevention } from './policies.ts'

/** What one record means for the count of tool calls. */
export interface ToolVerdict {
  readonly notCounted: ToolCall['notCounted']
  readonly tool: ToolPart
  readonly outcome: ToolCall['outcome']
  readonly errorType: string | undefined
}

/** A record of a tool, with how deep in its trace it stands. */
export interface ToolSpan {
  readonly record: SpanRecord
  readonly level: number
}

/** The verdict on a tool of which nothing else is known. */
export function toolAlone(record: SpanRecord): ToolVerdict | undefined {
  if (!isTool(record) || isRefused(record)) return undefined
  const verdict = counted([{ record, level: 0 }], false)
  if (verdict === undefined || verdict.tool.layer === 'framework') return verdict
  return { ...verdict, notCounted: 'mcp_request' }
}

/** Whether a record is of a tool that ran; one that hands over to an agent is none. */
export function isTool({ tool, operation }: SpanRecord): boolean {
  return tool !== undefined && operation !== 'delegation'
}

/** A gateway that denied a tool ran none. */
export function isRefused({ policy }: SpanRecord): boolean {
  return policy !== undefined && isPrevention(policy)
}

/** From who ran the tool to who only carried the request. */
const layers: readonly ToolPart['layer'][] = ['framework', 'mcp_client', 'mcp_server', 'gateway']

/** The place of a record on the way of a request, 0 where the tool was called. */
export function layerOf({ tool }: SpanRecord): number {
  return tool === undefined ? layers.length : layers.indexOf(tool.layer)
}

/**
 * The verdict on the record by which a call counts.
 *
 * @param spans all that show the call, that one first
 */
export function counted(spans: readonly ToolSpan[], isDenied: boolean): ToolVerdict | undefined {
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

/** The verdict on a record that shows what another counts. */
export function repeated(record: SpanRecord, tool: ToolPart, isDenied: boolean): ToolVerdict {
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
  return toolOutcome(tool?.errorClass ?? 'unclassified')
}
