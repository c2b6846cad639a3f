import type { Evaluation, Exclusion, PolicyDecision, ToolErrorClass, Usage } from '../facts/fact.ts'
import type { DialectName } from './dialect.ts'
import type { Operation } from './operation.ts'

/**
 * What one span means to its trace: all that tasks are later made of, and nothing of its texts.
 * Plain data of a fixed shape. Two records of one span are joined by {@link newerRecord}.
 */
export interface SpanRecord {
  /** `log` for an event of the log that reports a call without a span of its own. */
  readonly source: 'span' | 'log'
  /** 16 lower-case hex digits; for a log event the name under which it is known. */
  readonly spanId: string
  /** Empty for the root of a trace. */
  readonly parentSpanId: string
  /** Milliseconds since the Unix epoch with a fraction; never after `endMs`. */
  readonly startMs: number
  readonly endMs: number
  readonly dialect: DialectName
  readonly scope: string
  readonly operation: Operation
  readonly name: string | undefined
  readonly isError: boolean
  readonly errorType: string | undefined
  readonly who: Who
  readonly conversation: string | undefined
  readonly user: string | undefined
  readonly workflow: string | undefined
  readonly weight: number
  readonly exclusion: Exclusion | undefined
  readonly call: CallPart | undefined
  readonly tool: ToolPart | undefined
  readonly run: RunPart | undefined
  readonly policy: PolicyPart | undefined
  readonly handover: HandoverPart | undefined
  readonly trust: TrustPart | undefined
  readonly verdicts: readonly VerdictPart[]
  /** Links to spans of other traces, at most 8. */
  readonly links: readonly LinkPart[]
}

/** Whose span it is, as far as the span and its resource say; the same for many spans. */
export interface Who {
  /** Name of the agent that the span itself gives. */
  readonly agent: string | undefined
  /** Only for telling instances apart. */
  readonly agentId: string | undefined
  readonly agentVersion: string | undefined
  readonly service: string | undefined
  readonly serviceVersion: string | undefined
  readonly environment: string
  readonly organization: string
  readonly team: string | undefined
}

/** How far the tokens on a span are to be believed. */
export type UsageRole =
  /** One call of a model. */
  | 'inference'
  /** Sums of what is below; counts where nothing below does. */
  | 'wrapper'
  /** Sums over the life of an object: never counts. */
  | 'cumulative'
  /** A copy of what another span has: never counts. */
  | 'copy'

/** A call of a model, or the tokens that a wrapper repeats. */
export interface CallPart {
  readonly role: UsageRole
  readonly provider: string | undefined
  readonly requestModel: string | undefined
  readonly responseModel: string | undefined
  readonly responseId: string | undefined
  readonly usage: Usage | undefined
  readonly reportedNanoUsd: number | undefined
  readonly finishReasons: readonly string[]
  readonly timeToFirstTokenMs: number | undefined
  /** The answer came from a gateway's cache. */
  readonly isCachedReplay: boolean
  /** It has what a gateway knows: a price, or whose key was used. */
  readonly isGateway: boolean
}

export interface ToolPart {
  /** Without the prefix of its server. */
  readonly tool: string
  readonly server: string | undefined
  readonly callId: string | undefined
  readonly errorClass: ToolErrorClass | undefined
  readonly argumentsHash: string | undefined
  /** `framework` ran the tool; the others are the request on its way. */
  readonly layer: 'framework' | 'mcp_client' | 'mcp_server' | 'gateway'
  /** Id of the JSON-RPC request. */
  readonly requestId: string | undefined
}

/** A run of an agent, workflow or task. */
export interface RunPart {
  readonly taskName: string | undefined
  readonly taskId: string | undefined
  /** What the sender says became of it. */
  readonly success: boolean | undefined
  readonly confidence: number | undefined
  readonly variants: Readonly<Record<string, string>>
}

export interface PolicyPart {
  readonly policy: string | undefined
  readonly rule: string | undefined
  readonly decision: PolicyDecision | undefined
  readonly isEnforced: boolean
  readonly stage: string | undefined
  readonly tool: string | undefined
  readonly by: 'policy' | 'human' | 'guardrail' | 'content_filter'
}

export interface HandoverPart {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly mode: 'return_to_caller' | 'pass_control' | undefined
}

export interface TrustPart {
  /** A trust score that was seen, from 0 to 1. */
  readonly score: number | undefined
  /** What became of a handshake between agents. */
  readonly isHandshakeSuccess: boolean | undefined
}

/** A verdict with what it is about. */
export interface VerdictPart
  extends Pick<
    Evaluation,
    | 'name'
    | 'score'
    | 'label'
    | 'isPassed'
    | 'confidence'
    | 'annotator'
    | 'evaluator'
    | 'evaluatorVersion'
    | 'responseId'
    | 'scope'
    | 'errorType'
  > {
  /** The span judged: empty for the span that carries the verdict. */
  readonly traceId: string
  readonly spanId: string
}

export interface LinkPart {
  readonly traceId: string
  readonly spanId: string
}
