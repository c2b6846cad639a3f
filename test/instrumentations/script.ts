/** Tokens of one answer; inputs hold what came from a cache and what was written to one. */
export interface Tokens {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  /** The part of the output that nobody sees. */
  readonly reasoningTokens: number
}

/** A tool that the model asks for. */
export interface ToolUse {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, string>>
}

/** What the model says to one request. */
export interface Answer {
  readonly text: string
  readonly toolUses: readonly ToolUse[]
  readonly tokens: Tokens
}

/** One request as it was answered: what telemetry of it has to say. */
export interface Served extends Answer {
  readonly api: Api
  readonly requestModel: string
  /** Differs from what was asked for, as that of a provider does. */
  readonly model: string
  readonly responseId: string
  readonly isStream: boolean
}

/** One event of a streamed answer. */
export interface StreamEvent {
  readonly type: string
  readonly [field: string]: unknown
}

export type Api = 'chat' | 'responses' | 'embeddings' | 'messages'

/** An answer in words. */
export function says(text: string, tokens: Partial<Tokens>): Answer {
  return { text, toolUses: [], tokens: { ...noTokens, ...tokens } }
}

/** An answer that asks for a tool. */
export function asksFor(toolUse: ToolUse, tokens: Partial<Tokens>): Answer {
  return { text: '', toolUses: [toolUse], tokens: { ...noTokens, ...tokens } }
}

const noTokens: Tokens = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
}
