/**
 * How we know a thing, strongest first: somebody judged it, the sender reported it, or we read it
 * from a status.
 */
export type Evidence = 'judged' | 'reported' | 'status'

/** Why an event counts for no SLI although it costs what it costs. */
export type Exclusion = 'excluded' | 'synthetic' | 'shadow' | 'chaos'

/**
 * What every fact carries. A fact names its span by ids, never by a position in a batch. Texts are
 * NFC, trimmed and at most 256 characters; `__other__` stands for names beyond a cap. Message text
 * is never in a fact.
 */
export interface FactBase {
  /** 32 lower-case hex digits; empty when the fact belongs to no trace. */
  readonly traceId: string
  /** 16 lower-case hex digits; empty when the fact belongs to no span. */
  readonly spanId: string
  /** Event time, milliseconds since the Unix epoch: the end of the span. */
  readonly atMs: number
  readonly evidence: Evidence
  /** Newest revision counts; the first is 0. */
  readonly revision: number
  /** Who acted: the name of the agent, else of the service. */
  readonly agent: string
  readonly agentVersion: string | undefined
  readonly environment: string
  readonly service: string | undefined
  /** Who pays, `default` unless told. */
  readonly organization: string
  readonly team: string | undefined
  readonly user: string | undefined
  readonly conversation: string | undefined
  /** Id of the task that the fact belongs to; absent until the trace has settled, or without one. */
  readonly task: string | undefined
  /** How many events it stands for: 20 for one of twenty that was sampled. */
  readonly weight: number
  readonly exclusion: Exclusion | undefined
}

/** A completed top-level run of an agent, known once its trace has settled. */
export interface Task extends FactBase {
  readonly kind: 'task'
  readonly name: string | undefined
  readonly workflow: string | undefined
  readonly startMs: number
  readonly endMs: number
  /** `ignored` when it was cancelled. */
  readonly outcome: 'good' | 'bad' | 'ignored'
  readonly errorType: string | undefined
  /** Why the last inference of the task ended. */
  readonly finishReason: string | undefined
  /** Most hand-overs between agents on a path from the task to any span. */
  readonly depth: number
  readonly llmCalls: number
  readonly toolCalls: number
  readonly failedToolCalls: number
  /** Tokens of the calls that count; inputs hold what came from a cache. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly reasoningTokens: number
  /** What senders said the counted calls cost; absent when none said it. */
  readonly reportedNanoUsd: number | undefined
  /** Calls whose tokens are unknown, or known to be too few. */
  readonly incompleteCalls: number
  /** Variants of feature flags and prompts, by name. */
  readonly variants: Readonly<Record<string, string>>
  /** Its trace was larger than we keep: the counts are right, depth and the like may be too small. */
  readonly isTruncated: boolean
}

/** Why the tokens of a call do not count: somebody else's span has them. */
export type NotCounted =
  | 'duplicate'
  | 'wrapper'
  | 'cumulative'
  | 'cached_replay'
  | 'gateway_copy'
  | 'spans_arrive'
  | 'evaluation'

/** One inference of a model, as one span or event reports it. */
export interface LlmCall extends FactBase {
  readonly kind: 'llm_call'
  readonly operation: 'chat' | 'completion' | 'embeddings' | 'rerank' | 'image' | 'speech' | 'other'
  readonly provider: string | undefined
  /** The model that answered, else the one asked for: what a price is looked up by. */
  readonly model: string | undefined
  readonly requestModel: string | undefined
  readonly responseId: string | undefined
  readonly durationMs: number
  readonly timeToFirstTokenMs: number | undefined
  readonly finishReasons: readonly string[]
  readonly errorType: string | undefined
  readonly usage: Usage | undefined
  /** What the sender said it cost, integer nano-USD. */
  readonly reportedNanoUsd: number | undefined
  /** Absent when the call counts. */
  readonly notCounted: NotCounted | undefined
  /** The span that has the same call and counts, `trace/span`. */
  readonly duplicateOf: string | undefined
  /** What this revision takes the place of, so that a ledger is corrected without remembering. */
  readonly replaces: LlmCall | undefined
}

/** How the numbers of a {@link Usage} were come by. */
export type UsageBasis =
  | 'reported_inclusive'
  | 'converted_from_exclusive'
  | 'lower_bound'
  | 'inconsistent'

/**
 * Tokens of one call. Always `inputTokens` = uncached + read from cache + written to cache, and
 * `outputTokens` = visible + reasoning. Absent is unknown, which is not 0.
 */
export interface Usage {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly cacheReadTokens: number | undefined
  readonly cacheWriteTokens: number | undefined
  /** The part of what was written to the cache that is kept for an hour. */
  readonly cacheWrite1hTokens: number | undefined
  readonly reasoningTokens: number | undefined
  readonly audioInputTokens: number | undefined
  readonly audioOutputTokens: number | undefined
  readonly basis: UsageBasis
}

/** One execution of a tool. */
export interface ToolCall extends FactBase {
  readonly kind: 'tool_call'
  readonly tool: string
  /** The MCP server or gateway that has the tool. */
  readonly server: string | undefined
  readonly callId: string | undefined
  readonly durationMs: number
  /** `ignored` for failures of the infrastructure and what was cancelled. */
  readonly outcome: 'good' | 'bad' | 'ignored'
  readonly errorType: string | undefined
  readonly errorClass: ToolErrorClass | undefined
  /** 13 hex digits that are equal for equal arguments. */
  readonly argumentsHash: string | undefined
  /** Another span reports the same execution. */
  readonly notCounted: 'duplicate' | 'mcp_request' | undefined
  readonly replaces: ToolCall | undefined
}

/** Whose fault a failed tool call was. */
export type ToolErrorClass = 'arguments' | 'tool' | 'infrastructure' | 'cancelled' | 'unclassified'

/** One agent hands over to another. */
export interface Delegation extends FactBase {
  readonly kind: 'delegation'
  readonly from: string | undefined
  readonly to: string | undefined
  readonly mode: 'return_to_caller' | 'pass_control' | undefined
}

export type PolicyDecision =
  | 'allow'
  | 'deny'
  | 'warn'
  | 'require_approval'
  | 'escalate'
  | 'transform'
  | 'simulate'
  | 'error'

/** A decision of governance about something an agent attempted. */
export interface PolicyCheck extends FactBase {
  readonly kind: 'policy_check'
  readonly policy: string | undefined
  readonly rule: string | undefined
  /** `undefined` when it was not understood. */
  readonly decision: PolicyDecision | undefined
  /** Good where it was allowed or warned of, bad where it was denied or the policy failed. */
  readonly outcome: 'good' | 'bad' | 'ignored'
  /** Whether a denial was enforced, or only written down. */
  readonly isEnforced: boolean
  readonly stage: string | undefined
  readonly tool: string | undefined
  /** Who decided, where it was not a machine. */
  readonly by: 'policy' | 'human' | 'guardrail' | 'content_filter'
  readonly replaces: PolicyCheck | undefined
}

/** A verdict about an output. */
export interface Evaluation extends FactBase {
  readonly kind: 'evaluation'
  readonly name: string
  readonly score: number | undefined
  readonly label: string | undefined
  /** `undefined` when the evaluator abstained or failed, or its verdict was not understood. */
  readonly isPassed: boolean | undefined
  readonly confidence: number | undefined
  readonly annotator: 'llm' | 'code' | 'human' | undefined
  readonly evaluator: string | undefined
  readonly evaluatorVersion: string | undefined
  /** What was judged, where it is not the fact's own span. */
  readonly responseId: string | undefined
  readonly scope: 'span' | 'trace' | 'session'
  readonly errorType: string | undefined
}

/** A confidence that an agent stated about its own task, with what became of it. */
export interface Prediction extends FactBase {
  readonly kind: 'prediction'
  /** From 0 to 1. */
  readonly confidence: number
  readonly outcome: 'good' | 'bad' | 'ignored'
}

/** A trust score that was seen. */
export interface TrustReport extends FactBase {
  readonly kind: 'trust_report'
  /** From 0 to 1, by the configured scale. */
  readonly score: number
}

/** A trust handshake between agents. */
export interface Handshake extends FactBase {
  readonly kind: 'handshake'
  readonly isSuccess: boolean
}

/**
 * Tokens or money that a sender adds up in a metric: a second sum to hold ours against, never a call
 * to be counted.
 */
export interface UsageReport extends FactBase {
  readonly kind: 'usage_report'
  /** Name of the metric. */
  readonly metric: string
  readonly provider: string | undefined
  readonly model: string | undefined
  readonly tokenType: 'input' | 'output' | 'cache_read' | 'cache_write' | 'reasoning' | undefined
  /** Since the point before, if the metric is of tokens. */
  readonly tokens: number | undefined
  readonly nanoUsd: number | undefined
}

/** What can be known about agents; folds ask for the kinds they read. */
export type Fact =
  | Task
  | LlmCall
  | ToolCall
  | Delegation
  | PolicyCheck
  | Evaluation
  | Prediction
  | TrustReport
  | Handshake
  | UsageReport

export type FactKind = Fact['kind']

/** The fact of one kind. */
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>
