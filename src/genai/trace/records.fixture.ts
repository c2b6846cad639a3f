import type { Usage } from '../../facts/fact.ts'
import type {
  CallPart,
  HandoverPart,
  PolicyPart,
  RunPart,
  SpanRecord,
  ToolPart,
  VerdictPart,
  Who,
} from '../span-record.ts'

/** The trace that all fixtures are in. */
export const traceId = '5b8efff798038103d269b633813fc60c'

/** When it began, 2026-01-01T00:00:00Z. */
export const startMs = 1_767_225_600_000

const noOne: Who = {
  agent: undefined,
  agentId: undefined,
  agentVersion: undefined,
  service: 'shop',
  serviceVersion: '1.9.3',
  environment: 'default',
  organization: 'default',
  team: undefined,
}

/** What of a record may be told: its parts as far as they matter, its time in ms from the start. */
export interface Told
  extends Partial<
    Omit<SpanRecord, 'startMs' | 'endMs' | 'who' | 'call' | 'tool' | 'run' | 'policy' | 'handover'>
  > {
  readonly at?: number
  readonly for?: number
  readonly who?: Partial<Who> | undefined
  readonly call?: Partial<CallPart> | undefined
  readonly tool?: Partial<ToolPart> | undefined
  readonly run?: Partial<RunPart> | undefined
  readonly policy?: Partial<PolicyPart> | undefined
  readonly handover?: Partial<HandoverPart> | undefined
}

/** A span of a second that says nothing but what is told. */
export function aRecord(spanId: string, told: Told = {}): SpanRecord {
  const { at = 0, for: durationMs = 1_000, who, call, tool, run, policy, handover, ...rest } = told
  return {
    source: 'span',
    spanId,
    parentSpanId: '',
    startMs: startMs + at,
    endMs: startMs + at + durationMs,
    dialect: 'otel',
    scope: 'test',
    operation: 'other',
    name: undefined,
    isError: false,
    errorType: undefined,
    who: { ...noOne, ...who },
    conversation: undefined,
    user: undefined,
    workflow: undefined,
    weight: 1,
    exclusion: undefined,
    call: call && { ...silentCall, ...call },
    tool: tool && { ...someTool, ...tool },
    run: run && { ...silentRun, ...run },
    policy: policy && { ...somePolicy, ...policy },
    handover: handover && { from: undefined, to: undefined, mode: undefined, ...handover },
    trust: undefined,
    verdicts: [],
    links: [],
    ...rest,
  }
}

const silentCall: CallPart = {
  role: 'inference',
  provider: undefined,
  requestModel: undefined,
  responseModel: undefined,
  responseId: undefined,
  usage: undefined,
  reportedNanoUsd: undefined,
  finishReasons: [],
  timeToFirstTokenMs: undefined,
  isCachedReplay: false,
  isGateway: false,
}

const someTool: ToolPart = {
  tool: 'search',
  server: undefined,
  callId: undefined,
  errorClass: undefined,
  argumentsHash: undefined,
  layer: 'framework',
  requestId: undefined,
}

const silentRun: RunPart = {
  taskName: undefined,
  taskId: undefined,
  success: undefined,
  confidence: undefined,
  variants: {},
}

const somePolicy: PolicyPart = {
  policy: undefined,
  rule: undefined,
  decision: undefined,
  isEnforced: true,
  stage: undefined,
  tool: undefined,
  by: 'policy',
}

/** Tokens of a call, all known: inputs with what came from the cache, where that is told. */
export function tokens(input: number, output: number, rest: Partial<Usage> = {}): Usage {
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: undefined,
    cacheWriteTokens: undefined,
    cacheWrite1hTokens: undefined,
    reasoningTokens: undefined,
    audioInputTokens: undefined,
    audioOutputTokens: undefined,
    basis: 'reported_inclusive',
    ...rest,
  }
}

/** A verdict about the span that carries it. */
export function aVerdict(name: string, rest: Partial<VerdictPart> = {}): VerdictPart {
  return {
    name,
    score: undefined,
    label: undefined,
    isPassed: undefined,
    confidence: undefined,
    annotator: undefined,
    evaluator: undefined,
    evaluatorVersion: undefined,
    responseId: undefined,
    scope: 'span',
    errorType: undefined,
    traceId: '',
    spanId: '',
    ...rest,
  }
}

/** A run of an agent. */
export function anAgent(spanId: string, agent: string, told: Told = {}): SpanRecord {
  const { who, run = {}, ...rest } = told
  return aRecord(spanId, { operation: 'invoke_agent', who: { agent, ...who }, run, ...rest })
}

/** One call of a model. */
export function aChat(spanId: string, usage: Usage | undefined, told: Told = {}): SpanRecord {
  const { call, ...rest } = told
  const part = { provider: 'openai', requestModel: 'gpt-4o', usage, ...call }
  return aRecord(spanId, { operation: 'chat', call: part, ...rest })
}
