/** How we know a thing: somebody judged it, the sender reported it, or we read it from a status. */
export type Evidence = 'judged' | 'reported' | 'status'

/** What every fact carries. A fact names its span by ids, never by a position in a batch. */
export interface FactBase {
  /** 32 lower-case hex digits; empty when the fact belongs to no trace. */
  readonly traceId: string
  /** 16 lower-case hex digits; empty when the fact belongs to a whole trace. */
  readonly spanId: string
  /** Event time, milliseconds since the Unix epoch. */
  readonly atMs: number
  readonly evidence: Evidence
  /** Newest revision counts; the first is 0. */
  readonly revision: number
}

/** A completed top-level run of an agent. */
export interface Task extends FactBase {
  readonly kind: 'task'
  readonly agent: string
  readonly startMs: number
  readonly endMs: number
  readonly outcome: 'good' | 'bad' | 'ignored'
}

/** One inference of a model. */
export interface LlmCall extends FactBase {
  readonly kind: 'llm_call'
  readonly agent: string
  readonly provider: string | undefined
  readonly model: string | undefined
  readonly inputTokens: number
  readonly outputTokens: number
}

/** One execution of a tool. */
export interface ToolCall extends FactBase {
  readonly kind: 'tool_call'
  readonly agent: string
  readonly tool: string
  readonly errorType: string | undefined
}

/** What can be known about agents. Later kinds join this union; folds ask for the kinds they read. */
export type Fact = Task | LlmCall | ToolCall

export type FactKind = Fact['kind']

/** The fact of one kind. */
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>
