import { at, isObject, type Json, type JsonObject } from '../content/json.ts'
import { tokenCount } from './token-count.ts'
import { emptyUsageSet, type UsageSet } from './usage-set.ts'

/**
 * Reads a usage object in the form of a provider or SDK: OpenAI, Anthropic, Bedrock Converse,
 * Gemini, Langfuse, Genkit. The names of its keys also tell what is part of what.
 *
 * @returns `undefined` when it has neither an input nor an output
 */
export function readUsageObject(value: Json | undefined): UsageSet | undefined {
  if (!isObject(value)) return undefined
  const form = forms.find(({ mark }) => mark.some((key) => tokensIn(value[key]) !== undefined))
  return form?.read(value)
}

/** The parts alone, of an object that stands beside the whole: details of a cache or of reasoning. */
export function readUsageDetails(value: Json | undefined): UsageDetails {
  return isObject(value) ? detailsOf(value) : noDetails
}

export type UsageDetails = Pick<
  UsageSet,
  'cacheRead' | 'cacheWrite' | 'cacheWrite1h' | 'reasoning' | 'audioInput' | 'audioOutput'
>

export const noDetails: UsageDetails = {
  cacheRead: undefined,
  cacheWrite: undefined,
  cacheWrite1h: undefined,
  reasoning: undefined,
  audioInput: undefined,
  audioOutput: undefined,
}

interface Form {
  /** One of these keys with a number tells the form. */
  readonly mark: readonly string[]
  readonly read: (usage: JsonObject) => UsageSet
}

const forms: readonly Form[] = [
  {
    mark: ['promptTokenCount', 'prompt_token_count', 'candidatesTokenCount'],
    read: (usage) => ({
      ...setOf(usage),
      input: sum(
        pick(usage, 'promptTokenCount', 'prompt_token_count'),
        pick(usage, 'toolUsePromptTokenCount', 'tool_use_prompt_token_count'),
      ),
      output: pick(usage, 'candidatesTokenCount', 'candidates_token_count'),
      total: pick(usage, 'totalTokenCount', 'total_token_count'),
      cacheIs: 'within',
      reasoningIs: 'apart',
    }),
  },
  {
    mark: ['prompt_tokens', 'completion_tokens'],
    read: (usage) => ({
      ...setOf(usage),
      input: pick(usage, 'prompt_tokens'),
      output: pick(usage, 'completion_tokens'),
      cacheIs: 'within',
      reasoningIs: 'within',
    }),
  },
  {
    mark: ['input_tokens', 'output_tokens'],
    read: (usage) => ({
      ...setOf(usage),
      input: pick(usage, 'input_tokens'),
      output: pick(usage, 'output_tokens'),
      cacheIs: isOfAnthropic(usage) ? 'apart' : 'within',
      reasoningIs: 'within',
    }),
  },
  {
    mark: ['inputTokens', 'outputTokens', 'promptTokens', 'completionTokens'],
    read: (usage) => ({
      ...setOf(usage),
      input: pick(usage, 'inputTokens', 'promptTokens'),
      output: pick(usage, 'outputTokens', 'completionTokens'),
      cacheIs: 'cacheReadInputTokens' in usage ? 'apart' : undefined,
    }),
  },
  { mark: ['input', 'output'], read: readBuckets },
]

/** Anthropic has the cache beside the input, OpenAI's responses in the details of it. */
function isOfAnthropic(usage: JsonObject): boolean {
  return 'cache_read_input_tokens' in usage || 'cache_creation_input_tokens' in usage
}

/** Langfuse: buckets that add up to the total, the names of those of the input beginning with it. */
function readBuckets(usage: JsonObject): UsageSet {
  const set = setOf(usage)
  const input = pick(usage, 'input')
  const output = pick(usage, 'output')
  const isWhole = set.total !== undefined && set.total === sum(input, output)
  if (isWhole) return { ...set, input, output }
  return {
    ...set,
    input: sum(input, bucketsOf(usage, 'input_', /cache/)),
    output: sum(output, bucketsOf(usage, 'output_', /reasoning/)),
    cacheIs: 'apart',
    reasoningIs: 'apart',
  }
}

/** What stands in further buckets, without those that have a place of their own. */
function bucketsOf(usage: JsonObject, prefix: string, except: RegExp): number | undefined {
  let total: number | undefined
  for (const key of Object.keys(usage)) {
    if (!key.startsWith(prefix) || except.test(key)) continue
    total = sum(total, tokensIn(usage[key]))
  }
  return total
}

function setOf(usage: JsonObject): UsageSet {
  return {
    ...emptyUsageSet,
    ...detailsOf(usage),
    family: 'blob',
    total: pick(usage, 'total_tokens', 'totalTokens', 'total'),
  }
}

function detailsOf(usage: JsonObject): UsageDetails {
  const prompt = inner(usage, 'prompt_tokens_details', 'input_tokens_details')
  const completion = inner(usage, 'completion_tokens_details', 'output_tokens_details')
  return {
    cacheRead: pick(usage, ...cacheReadNames) ?? pick(prompt, 'cached_tokens'),
    cacheWrite: pick(usage, ...cacheWriteNames) ?? pick(prompt, 'cache_creation_tokens'),
    cacheWrite1h:
      pick(inner(usage, 'cache_creation'), 'ephemeral_1h_input_tokens') ??
      pick(usage, 'ephemeral_1h_input_tokens'),
    reasoning: pick(usage, ...reasoningNames) ?? pick(completion, 'reasoning_tokens'),
    audioInput: pick(usage, 'input_audio_tokens', 'input_audio') ?? pick(prompt, 'audio_tokens'),
    audioOutput:
      pick(usage, 'output_audio_tokens', 'output_audio') ?? pick(completion, 'audio_tokens'),
  }
}

const cacheReadNames = [
  'cache_read_input_tokens',
  'cacheReadInputTokens',
  'cache_read',
  'input_cached_tokens',
  'input_cache_read',
  'cachedContentTokenCount',
  'cached_content_token_count',
  'cachedContentTokens',
  'cachedInputTokens',
] as const

const cacheWriteNames = [
  'cache_creation_input_tokens',
  'cacheWriteInputTokens',
  'cacheCreationInputTokens',
  'cache_creation',
  'input_cache_creation',
  'input_cache_creation_tokens',
  'cache_write',
] as const

const reasoningNames = [
  'reasoning',
  'reasoning_tokens',
  'output_reasoning_tokens',
  'output_reasoning',
  'thoughtsTokenCount',
  'thoughts_token_count',
  'thoughtsTokens',
] as const

function inner(usage: JsonObject, ...names: readonly string[]): JsonObject {
  for (const name of names) {
    const value = at(usage, name)
    if (isObject(value)) return value
  }
  return nothing
}

const nothing: JsonObject = {}

/** The first of the keys that holds a count. */
export function pick(usage: JsonObject, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = tokensIn(usage[name])
    if (count !== undefined) return count
  }
  return undefined
}

function tokensIn(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return tokenCount(value)
  return typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : undefined
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other
  return other === undefined ? one : one + other
}
