import type { Task } from '../../facts/fact.ts'

/** Sums of a trace over spans of which no records are kept. */
export type Overflow = Pick<
  Task,
  | 'llmCalls'
  | 'incompleteCalls'
  | 'toolCalls'
  | 'failedToolCalls'
  | 'inputTokens'
  | 'outputTokens'
  | 'cacheReadTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
>

/** Nothing was too much. */
export const noOverflow: Overflow = {
  llmCalls: 0,
  incompleteCalls: 0,
  toolCalls: 0,
  failedToolCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}
