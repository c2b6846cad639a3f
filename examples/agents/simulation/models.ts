/** A model as its provider names it, and the words it uses for how an answer ended. */
export interface Model {
  readonly provider: string
  readonly server: string
  readonly requested: string
  readonly answered: string
  readonly finish: { readonly tool: string; readonly stop: string; readonly length: string }
  /** Median time of one answer, in milliseconds. */
  readonly medianMs: number
}

/** Answers most questions. */
export const quick: Model = {
  provider: 'openai',
  server: 'api.openai.com',
  requested: 'gpt-4.1-mini',
  answered: 'gpt-4.1-mini-2025-04-14',
  finish: { tool: 'tool_calls', stop: 'stop', length: 'length' },
  medianMs: 700,
}

/** Is asked where money moves. */
export const careful: Model = {
  provider: 'anthropic',
  server: 'api.anthropic.com',
  requested: 'claude-sonnet-4-5',
  answered: 'claude-sonnet-4-5-20250929',
  finish: { tool: 'tool_use', stop: 'end_turn', length: 'max_tokens' },
  medianMs: 1_800,
}

/** Writes and edits over many turns. */
export const writing: Model = {
  provider: 'anthropic',
  server: 'api.anthropic.com',
  requested: 'claude-opus-4-1',
  answered: 'claude-opus-4-1-20250805',
  finish: { tool: 'tool_use', stop: 'end_turn', length: 'max_tokens' },
  medianMs: 6_000,
}

/** A model that turns text into vectors. */
export interface EmbeddingModel {
  readonly provider: string
  readonly server: string
  readonly requested: string
  readonly dimensions: number
  readonly medianMs: number
}

export const embedding: EmbeddingModel = {
  provider: 'openai',
  server: 'api.openai.com',
  requested: 'text-embedding-3-small',
  dimensions: 1_536,
  medianMs: 90,
}
