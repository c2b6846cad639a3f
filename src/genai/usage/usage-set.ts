/**
 * The token counts of one span as its emitter wrote them: one coherent set, not yet one meaning.
 * Whether `input` has the tokens of the cache in it, and `output` those of reasoning, is found by
 * {@link normalise}. Absent is unknown, which is not 0.
 */
export interface UsageSet {
  readonly family: UsageFamily
  readonly input: number | undefined
  readonly output: number | undefined
  readonly total: number | undefined
  readonly cacheRead: number | undefined
  readonly cacheWrite: number | undefined
  readonly cacheWrite1h: number | undefined
  readonly reasoning: number | undefined
  readonly audioInput: number | undefined
  readonly audioOutput: number | undefined
  /** Input outside of the cache, where it is given beside `input`: then `input` is the whole. */
  readonly uncached: number | undefined
  /** The input in the provider's own answer, which has the cache apart. */
  readonly rawInput: number | undefined
  /** The output in the provider's own answer, which has reasoning apart. */
  readonly rawOutput: number | undefined
  /** Where the form of the set says whether the cache is part of `input`. */
  readonly cacheIs: Place | undefined
  /** Where the form of the set says whether reasoning is part of `output`. */
  readonly reasoningIs: Place | undefined
}

/** A part is `within` the whole that stands beside it, or `apart` from it. */
export type Place = 'within' | 'apart'

export type UsageFamily =
  | 'gen_ai'
  | 'openinference'
  | 'vercel'
  | 'langfuse'
  | 'llm_usage'
  | 'plain_usage'
  | 'claude'
  | 'mlflow'
  | 'blob'

/** A set of nothing; others say where they differ. */
export const emptyUsageSet: UsageSet = {
  family: 'gen_ai',
  input: undefined,
  output: undefined,
  total: undefined,
  cacheRead: undefined,
  cacheWrite: undefined,
  cacheWrite1h: undefined,
  reasoning: undefined,
  audioInput: undefined,
  audioOutput: undefined,
  uncached: undefined,
  rawInput: undefined,
  rawOutput: undefined,
  cacheIs: undefined,
  reasoningIs: undefined,
}
