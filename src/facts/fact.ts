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
  /**
   * 16 lower-case hex digits; empty when the fact belongs to no span. A call that only the log
   * reports has the name of its event here, `log:` and an id.
   */
  readonly spanId: string
  /** Event time, milliseconds since the Unix epoch: the end of the span. */
  readonly atMs: number
  /** How we know it. */
  readonly evidence: Evidence
  /** Newest revision counts; the first is 0. */
  readonly revision: number
  /** Who acted: the name of the agent, else of the service. */
  readonly agent: string
  /** The version of the agent, else of its service. */
  readonly agentVersion: string | undefined
  /** Where it ran, `default` unless told. */
  readonly environment: string
  /** The service whose telemetry tells it. */
  readonly service: string | undefined
  /** Who pays, `default` unless told. */
  readonly organization: string
  /** Which team of theirs. */
  readonly team: string | undefined
  /** For whom the agent worked. */
  readonly user: string | undefined
  /** The conversation, thread or session that it is a part of. */
  readonly conversation: string | undefined
  /** Id of the task that the fact belongs to; absent until the trace has settled, or without one. */
  readonly task: string | undefined
  /** How many events it stands for: 20 for one of twenty that was sampled. */
  readonly weight: number
  /** Why it counts for no SLI; absent when it counts. */
  readonly exclusion: Exclusion | undefined
}

/** A completed top-level run of an agent, known once its trace has settled. */
export interface Task extends FactBase {
  readonly kind: 'task'
  /** What it is called, where somebody says it. */
  readonly name: string | undefined
  /** The workflow that it is a run of. */
  readonly workflow: string | undefined
  /** When it began, milliseconds since the Unix epoch. */
  readonly startMs: number
  /** When it ended; its event time. */
  readonly endMs: number
  /** `ignored` when it was cancelled. */
  readonly outcome: 'good' | 'bad' | 'ignored'
  /** Why it failed, by `error.type` or what the dialect has for it. */
  readonly errorType: string | undefined
  /** Why the last inference of the task ended. */
  readonly finishReason: string | undefined
  /** Most hand-overs between agents on a path from the task to any span. */
  readonly depth: number
  /** Calls of models that count. */
  readonly llmCalls: number
  /** Executions of tools that count. */
  readonly toolCalls: number
  /** Those of them that were the agent's or the tool's fault. */
  readonly failedToolCalls: number
  /** Tokens that went into the calls that count, those from a cache included. */
  readonly inputTokens: number
  /** Tokens that came out of them, reasoning included. */
  readonly outputTokens: number
  /** The part of the input that a cache had. */
  readonly cacheReadTokens: number
  /** The part of the input that was written to a cache. */
  readonly cacheWriteTokens: number
  /** The part of the output that nobody sees. */
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

/** One inference of a model, as one span or event reports it. */
export interface LlmCall extends FactBase {
  readonly kind: 'llm_call'
  /** What the model was asked for. */
  readonly operation: 'chat' | 'completion' | 'embeddings' | 'rerank' | 'image' | 'speech' | 'other'
  /** What it was made for: an evaluator's calls cost money, and no task pays for them. */
  readonly purpose: 'task' | 'evaluation'
  /** Who serves the model, by the names of the conventions. */
  readonly provider: string | undefined
  /** The model that answered, else the one asked for: what a price is looked up by. */
  readonly model: string | undefined
  /** The model that was asked for. */
  readonly requestModel: string | undefined
  /** The provider's id of the answer, by which two reports of one call are known. */
  readonly responseId: string | undefined
  /** From the start of the span to its end. */
  readonly durationMs: number
  /** From its start to the first token, where the sender measured it. */
  readonly timeToFirstTokenMs: number | undefined
  /** Why the model stopped: `stop`, `length`, `tool_call`, `content_filter`, `error`, `other`. */
  readonly finishReasons: readonly string[]
  /** Why the call failed. */
  readonly errorType: string | undefined
  /** Its tokens; absent where nobody says any. */
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
  /** All that went in. */
  readonly inputTokens: number | undefined
  /** All that came out. */
  readonly outputTokens: number | undefined
  /** The part of the input that a cache had. */
  readonly cacheReadTokens: number | undefined
  /** The part of the input that was written to a cache. */
  readonly cacheWriteTokens: number | undefined
  /** The part of what was written to the cache that is kept for an hour. */
  readonly cacheWrite1hTokens: number | undefined
  /** The part of the output that nobody sees. */
  readonly reasoningTokens: number | undefined
  /** The part of the input that was sound; it may have come from a cache too. */
  readonly audioInputTokens: number | undefined
  /** The part of the output that was sound. */
  readonly audioOutputTokens: number | undefined
  /** How the numbers were come by. */
  readonly basis: UsageBasis
}

/** One execution of a tool. */
export interface ToolCall extends FactBase {
  readonly kind: 'tool_call'
  /** The tool, without the prefix of its server. */
  readonly tool: string
  /** The MCP server or gateway that has the tool. */
  readonly server: string | undefined
  /** Id that the model gave the call. */
  readonly callId: string | undefined
  /** From the start of the span to its end. */
  readonly durationMs: number
  /** `ignored` for failures of the infrastructure and what was cancelled. */
  readonly outcome: 'good' | 'bad' | 'ignored'
  /** Why it failed. */
  readonly errorType: string | undefined
  /** Whose fault that was. */
  readonly errorClass: ToolErrorClass | undefined
  /** 13 hex digits that are equal for equal arguments. */
  readonly argumentsHash: string | undefined
  /** Another span reports the same execution. */
  readonly notCounted: 'duplicate' | 'mcp_request' | undefined
  /** What this revision takes the place of. */
  readonly replaces: ToolCall | undefined
}

/** Whose fault a failed tool call was. */
export type ToolErrorClass = 'arguments' | 'tool' | 'infrastructure' | 'cancelled' | 'unclassified'

/** One agent hands over to another. */
export interface Delegation extends FactBase {
  readonly kind: 'delegation'
  /** Who hands over. */
  readonly from: string | undefined
  /** Who goes on. */
  readonly to: string | undefined
  /** Whether control comes back. */
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
  /** Name of the policy. */
  readonly policy: string | undefined
  /** The rule of it that decided. */
  readonly rule: string | undefined
  /** `undefined` when it was not understood. */
  readonly decision: PolicyDecision | undefined
  /** Good where it was allowed or warned of, bad where it was denied or the policy failed. */
  readonly outcome: 'good' | 'bad' | 'ignored'
  /** Whether a denial was enforced, or only written down. */
  readonly isEnforced: boolean
  /** When it was asked: before the input, before a tool, after one, before the output. */
  readonly stage: string | undefined
  /** The tool that was to run. */
  readonly tool: string | undefined
  /** Who decided, where it was not a machine. */
  readonly by: 'policy' | 'human' | 'guardrail' | 'content_filter'
  /** What this revision takes the place of. */
  readonly replaces: PolicyCheck | undefined
}

/** A verdict about an output. */
export interface Evaluation extends FactBase {
  readonly kind: 'evaluation'
  /** What was judged: `correctness`, `hallucination`, … */
  readonly name: string
  /** The score as the evaluator gave it. */
  readonly score: number | undefined
  /** The label as the evaluator gave it, at most 64 characters. */
  readonly label: string | undefined
  /** `undefined` when the evaluator abstained or failed, or its verdict was not understood. */
  readonly isPassed: boolean | undefined
  /** How sure the evaluator is, from 0 to 1. */
  readonly confidence: number | undefined
  /** What judged. */
  readonly annotator: 'llm' | 'code' | 'human' | undefined
  /** Name of the evaluator. */
  readonly evaluator: string | undefined
  /** Its version; the newest verdict of an evaluator counts. */
  readonly evaluatorVersion: string | undefined
  /** What was judged, where it is not the fact's own span. */
  readonly responseId: string | undefined
  /** Whether the span was judged, its trace or the session. */
  readonly scope: 'span' | 'trace' | 'session'
  /** Why the evaluator failed. */
  readonly errorType: string | undefined
}

/** A confidence that an agent stated about its own task, with what became of it. */
export interface Prediction extends FactBase {
  readonly kind: 'prediction'
  /** From 0 to 1. */
  readonly confidence: number
  /** What became of the task. */
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
  /** Whether they trust each other now. */
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
  /** Who serves the model, by the names of the conventions. */
  readonly provider: string | undefined
  /** The model, where the metric has it. */
  readonly model: string | undefined
  /** Which tokens, as the sender counts them. */
  readonly tokenType: 'input' | 'output' | 'cache_read' | 'cache_write' | 'reasoning' | undefined
  /** Since the point before, if the metric is of tokens. */
  readonly tokens: number | undefined
  /** The same, if it is of money; integer nano-USD. */
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
