import type { Usage } from '../../facts/fact.ts'
import type { DialectName } from '../dialect.ts'
import type { CallPart } from '../span-record.ts'
import type { CallSpan } from './call-span.ts'

/**
 * Orders the records of one call, the one that counts first: a span before an event of the log,
 * tokens that are known and complete, then how they divide by cache, a response id, the innermost,
 * who is closest to the provider; at last the span id.
 */
export function compareCalls(a: CallSpan, b: CallSpan): number {
  return (
    Number(b.record.source === 'span') - Number(a.record.source === 'span') ||
    completeness(b.call.usage) - completeness(a.call.usage) ||
    Number(hasCacheSplit(b.call)) - Number(hasCacheSplit(a.call)) ||
    Number(b.call.responseId !== undefined) - Number(a.call.responseId !== undefined) ||
    b.level - a.level ||
    distance(a) - distance(b) ||
    (a.record.spanId < b.record.spanId ? -1 : 1)
  )
}

function completeness(usage: Usage | undefined): number {
  if (usage === undefined) return 0
  return usage.basis === 'lower_bound' || usage.basis === 'inconsistent' ? 1 : 2
}

function hasCacheSplit({ usage }: CallPart): boolean {
  return usage?.cacheReadTokens !== undefined || usage?.cacheWriteTokens !== undefined
}

const frameworks: ReadonlySet<DialectName> = new Set([
  'vercel',
  'langsmith',
  'pydantic_ai',
  'google_adk',
  'strands',
  'agent_framework',
  'semantic_kernel',
  'openai_agents',
  'crewai',
  'agentcore',
  'agent_sre',
  'agent_governance',
  'mastra',
  'genkit',
  'livekit',
  'voltagent',
])

const copiers: ReadonlySet<DialectName> = new Set(['langfuse', 'logfire', 'mlflow', 'laminar'])

/** From the client of the provider, by gateway and framework, to processors that copy. */
function distance({ record, call }: CallSpan): number {
  if (copiers.has(record.dialect)) return 3
  if (frameworks.has(record.dialect)) return 2
  return call.isGateway ? 1 : 0
}

/** What is known of a call by all who report it; `spans` begins with the one that counts. */
export function mergedCall(spans: readonly CallSpan[]): CallPart {
  const [best, ...others] = spans.map(({ call }) => call)
  if (best === undefined) throw new RangeError('no call without a record')
  return others.reduce(filledFrom, best)
}

function filledFrom(known: CallPart, other: CallPart): CallPart {
  return {
    role: known.role,
    provider: known.provider ?? other.provider,
    requestModel: known.requestModel ?? other.requestModel,
    responseModel: known.responseModel ?? other.responseModel,
    responseId: known.responseId ?? other.responseId,
    usage: filledUsage(known.usage, other.usage),
    reportedNanoUsd: known.reportedNanoUsd ?? other.reportedNanoUsd,
    finishReasons: known.finishReasons.length > 0 ? known.finishReasons : other.finishReasons,
    timeToFirstTokenMs: known.timeToFirstTokenMs ?? other.timeToFirstTokenMs,
    isCachedReplay: known.isCachedReplay || other.isCachedReplay,
    isGateway: known.isGateway,
  }
}

/** Details are taken over only between equal totals: of others they may be no part. */
function filledUsage(known: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (known === undefined || other === undefined) return known ?? other
  const isSame =
    known.inputTokens === other.inputTokens && known.outputTokens === other.outputTokens
  if (!isSame) return known
  return {
    inputTokens: known.inputTokens,
    outputTokens: known.outputTokens,
    cacheReadTokens: known.cacheReadTokens ?? other.cacheReadTokens,
    cacheWriteTokens: known.cacheWriteTokens ?? other.cacheWriteTokens,
    cacheWrite1hTokens: known.cacheWrite1hTokens ?? other.cacheWrite1hTokens,
    reasoningTokens: known.reasoningTokens ?? other.reasoningTokens,
    audioInputTokens: known.audioInputTokens ?? other.audioInputTokens,
    audioOutputTokens: known.audioOutputTokens ?? other.audioOutputTokens,
    basis: known.basis,
  }
}
