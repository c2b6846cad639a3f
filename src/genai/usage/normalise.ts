import type { Usage, UsageBasis } from '../../facts/fact.ts'
import { type Emitter, type EmitterHabit, habitOf } from './emitters.ts'
import { tokenCount } from './token-count.ts'
import type { UsageSet } from './usage-set.ts'

/**
 * Tokens in the meaning of the conventions: the input with what the cache gave and took, the output
 * with reasoning. What a set says of itself by its form and its sums is believed before what is
 * known of its emitter. (The convention: open-telemetry/semantic-conventions-genai docs/gen-ai.)
 *
 * @returns `undefined` when neither an input nor an output is known
 */
export function normalise(raw: UsageSet, emitter: Emitter): Usage | undefined {
  const set = plausible(raw)
  if (set.input === undefined && set.output === undefined) return undefined
  const habit = habitOf(emitter, set.family)
  const isApart = isCacheApart(set, habit)
  const cached = (set.cacheRead ?? 0) + (set.cacheWrite ?? 0)
  const input = isApart && set.input !== undefined ? set.input + cached : set.input
  const output = outputOf(set, input, habit)
  return clamped(set, input, output, basisOf(set, habit, isApart && cached > 0))
}

/** The set with only such numbers as can be counts. */
function plausible(set: UsageSet): UsageSet {
  return {
    ...set,
    input: tokenCount(set.input),
    output: tokenCount(set.output),
    total: tokenCount(set.total),
    cacheRead: tokenCount(set.cacheRead),
    cacheWrite: tokenCount(set.cacheWrite),
    cacheWrite1h: tokenCount(set.cacheWrite1h),
    reasoning: tokenCount(set.reasoning),
    audioInput: tokenCount(set.audioInput),
    audioOutput: tokenCount(set.audioOutput),
  }
}

/** Whether the input lacks what was read from and written to the cache. */
function isCacheApart(set: UsageSet, habit: EmitterHabit): boolean {
  const { input, uncached, rawInput, cacheRead = 0, cacheWrite = 0 } = set
  const cached = cacheRead + cacheWrite
  if (input === undefined || cached === 0) return false
  if (uncached !== undefined) return false
  if (sumsSayApart(set, input, cacheRead, cacheWrite)) return true
  if (input < cached) return true
  if (rawInput !== undefined && rawInput === input) return true
  if (rawInput !== undefined && rawInput + cached === input) return false
  return (set.cacheIs ?? habit.cache) === 'apart'
}

/** Whether the total has the cache besides the input. A total without it says nothing. */
function sumsSayApart(set: UsageSet, input: number, read: number, write: number): boolean {
  const { output, total, reasoning = 0 } = set
  if (total === undefined || output === undefined) return false
  const rest = total - input - output
  if (rest === 0 || rest === reasoning) return false
  return rest === read + write || rest === read || rest === reasoning + read + write
}

/** The output with reasoning, which some emitters count besides. */
function outputOf(
  set: UsageSet,
  input: number | undefined,
  habit: EmitterHabit,
): number | undefined {
  const { output, reasoning } = set
  if (output === undefined || reasoning === undefined || reasoning === 0) return output
  return isReasoningApart(set, output, reasoning, input, habit) ? output + reasoning : output
}

function isReasoningApart(
  set: UsageSet,
  output: number,
  reasoning: number,
  input: number | undefined,
  habit: EmitterHabit,
): boolean {
  const { total, rawOutput } = set
  if (reasoning > output) return true
  if (total !== undefined && input !== undefined) {
    const rest = total - output
    if (rest === input + reasoning || rest === (set.input ?? 0) + reasoning) return true
    if (rest === input || rest === set.input) return false
  }
  if (rawOutput !== undefined && rawOutput === output) return true
  if (rawOutput !== undefined && rawOutput + reasoning === output) return false
  return (set.reasoningIs ?? habit.reasoning) === 'apart'
}

function basisOf(set: UsageSet, habit: EmitterHabit, isConverted: boolean): UsageBasis {
  const isComplete = set.cacheRead !== undefined || set.uncached !== undefined
  const isApart = (set.cacheIs ?? habit.cache) === 'apart'
  if (isApart && habit.losesCache && !isComplete) return 'lower_bound'
  return isConverted ? 'converted_from_exclusive' : 'reported_inclusive'
}

/**
 * Parts cut down to their whole. Where a part is known and its whole is not, the part is the least
 * that the whole can be.
 */
function clamped(
  set: UsageSet,
  input: number | undefined,
  output: number | undefined,
  basis: UsageBasis,
): Usage {
  const cached = (set.cacheRead ?? 0) + (set.cacheWrite ?? 0)
  const inputTokens = input ?? (cached > 0 ? cached : undefined)
  const outputTokens = output ?? (set.reasoning === 0 ? undefined : set.reasoning)
  const cacheReadTokens = atMost(set.cacheRead, inputTokens)
  const cacheWriteTokens = atMost(set.cacheWrite, rest(inputTokens, cacheReadTokens))
  const usage = {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens:
      cacheWriteTokens === undefined ? undefined : atMost(set.cacheWrite1h, cacheWriteTokens),
    reasoningTokens: atMost(set.reasoning, outputTokens),
    audioInputTokens: atMost(set.audioInput, inputTokens),
    audioOutputTokens: atMost(set.audioOutput, outputTokens),
  }
  const isCut =
    cacheReadTokens !== set.cacheRead ||
    cacheWriteTokens !== set.cacheWrite ||
    usage.reasoningTokens !== set.reasoning
  const isLeast = inputTokens !== input || outputTokens !== output
  return { ...usage, basis: isCut ? 'inconsistent' : isLeast ? 'lower_bound' : basis }
}

function atMost(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined) return part
  return part < whole ? part : whole
}

function rest(whole: number | undefined, part: number | undefined): number | undefined {
  return whole === undefined ? undefined : whole - (part ?? 0)
}
