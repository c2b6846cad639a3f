import fc from 'fast-check'
import { expect, test } from 'vitest'
import { names } from '../../facts/names.ts'
import { dialectNames } from '../dialect.ts'
import { type Attributes, setOn } from './attributes.fixture.ts'
import { usageKeys } from './keys.ts'

test('one family is read, never a field of each', () => {
  const both = {
    'gen_ai.usage.input_tokens': 40,
    'gen_ai.usage.output_tokens': 110,
    'llm.token_count.prompt': 2088,
    'llm.token_count.prompt_details.cache_read': 2048,
  }
  expect(setOn(both)).toMatchObject({ family: 'gen_ai', input: 40, cacheRead: undefined })
})

test('counts that a processor of OpenInference added are believed before those it found', () => {
  const both = {
    'openinference.span.kind': 'LLM',
    'gen_ai.usage.input_tokens': 40,
    'gen_ai.usage.output_tokens': 110,
    'llm.token_count.prompt': 2088,
    'llm.token_count.completion': 110,
  }
  expect(setOn(both, { dialect: 'strands', scope: 'strands.telemetry.tracer' })).toMatchObject({
    family: 'openinference',
    input: 2088,
    output: 110,
  })
})

test('the AI SDK’s own counts are richer than the copies on its spans', () => {
  const span = {
    'openinference.span.kind': 'LLM',
    'llm.token_count.prompt': 900,
    'gen_ai.usage.input_tokens': 900,
    'ai.usage.inputTokens': 900,
    'ai.usage.inputTokenDetails.noCacheTokens': 388,
    'ai.usage.inputTokenDetails.cacheReadTokens': 512,
    'ai.usage.outputTokens': 120,
    'ai.usage.outputTokenDetails.reasoningTokens': 70,
    'ai.usage.outputTokenDetails.textTokens': 50,
  }
  expect(setOn(span, { dialect: 'vercel', scope: 'ai' })).toMatchObject({
    family: 'vercel',
    input: 900,
    uncached: 388,
    cacheRead: 512,
    reasoning: 70,
    cacheIs: 'within',
    reasoningIs: 'within',
  })
})

test.each<[string, Attributes, object]>([
  [
    'openinference',
    { 'llm.token_count.prompt': 9, 'llm.token_count.completion_details.reasoning': 2 },
    { input: 9, reasoning: 2 },
  ],
  ['llm_usage', { 'llm.usage.completion_tokens': 3, 'llm.usage.total_tokens': 12 }, { total: 12 }],
  [
    'vercel',
    { 'ai.usage.inputTokens': 9, 'ai.usage.cachedInputTokens': 4 },
    { input: 9, cacheRead: 4 },
  ],
  [
    'plain_usage',
    { 'usage.prompt_tokens': 9, 'usage.completion_tokens': 3, 'usage.cached_tokens': 4 },
    { input: 9, output: 3, cacheRead: 4 },
  ],
  ['claude', { input_tokens: 9, cache_read_tokens: 4 }, { input: 9, cacheRead: 4 }],
])('%s is read wherever it stands alone', (family, attributes, expected) => {
  expect(setOn(attributes)).toMatchObject({ family, ...expected })
})

test('MLflow has the cache in the input, though its names are those of Anthropic', () => {
  const usage = '{"input_tokens":100,"output_tokens":3,"cache_read_input_tokens":60}'
  expect(setOn({ 'mlflow.chat.tokenUsage': usage })).toMatchObject({
    family: 'mlflow',
    input: 100,
    cacheRead: 60,
    cacheIs: 'within',
  })
})

test('the newest spelling comes first, and an older one fills what it lacks', () => {
  const span = {
    'gen_ai.usage.prompt_tokens': 1,
    'gen_ai.usage.input_tokens': 2,
    'gen_ai.usage.completion_tokens': 3,
  }
  expect(setOn(span)).toMatchObject({ input: 2, output: 3 })
})

test.each<[string, Attributes]>([
  ['integers', { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 3 }],
  ['texts', { 'gen_ai.usage.input_tokens': '12', 'gen_ai.usage.output_tokens': ' 3 ' }],
  ['texts of doubles', { 'gen_ai.usage.input_tokens': '12.0', 'gen_ai.usage.output_tokens': '3' }],
])('counts come as %s', (_, attributes) => {
  expect(setOn(attributes)).toMatchObject({ input: 12, output: 3 })
})

test.each([Number.NaN, -5, 2e9, 'many', true])(
  '%s is no count, and the next family is asked',
  (it) => {
    const span = {
      'gen_ai.usage.input_tokens': it,
      'gen_ai.usage.output_tokens': it,
      'llm.usage.prompt_tokens': 8,
    }
    expect(setOn(span)).toMatchObject({ family: 'llm_usage', input: 8, output: undefined })
  },
)

const openAiChat =
  '{"prompt_tokens":100,"completion_tokens":40,"total_tokens":140,"prompt_tokens_details":{"cached_tokens":64,"cache_creation_tokens":2,"audio_tokens":8},"completion_tokens_details":{"reasoning_tokens":16,"audio_tokens":5}}'
const openAiResponses =
  '{"input_tokens":100,"input_tokens_details":{"cached_tokens":64},"output_tokens":40,"output_tokens_details":{"reasoning_tokens":16},"total_tokens":140}'
const anthropic =
  '{"input_tokens":36,"cache_read_input_tokens":64,"cache_creation_input_tokens":10,"cache_creation":{"ephemeral_5m_input_tokens":6,"ephemeral_1h_input_tokens":4},"output_tokens":40}'
const bedrock =
  '{"inputTokens":36,"outputTokens":40,"totalTokens":140,"cacheReadInputTokens":64,"cacheWriteInputTokens":0}'
const gemini =
  '{"promptTokenCount":90,"toolUsePromptTokenCount":10,"cachedContentTokenCount":64,"candidatesTokenCount":24,"thoughtsTokenCount":16,"totalTokenCount":140}'

test.each<[string, string, object]>([
  [
    'OpenAI’s chat',
    openAiChat,
    {
      input: 100,
      output: 40,
      cacheRead: 64,
      cacheWrite: 2,
      reasoning: 16,
      audioInput: 8,
      audioOutput: 5,
      cacheIs: 'within',
    },
  ],
  [
    'OpenAI’s responses',
    openAiResponses,
    { input: 100, output: 40, cacheRead: 64, reasoning: 16, cacheIs: 'within' },
  ],
  [
    'Anthropic',
    anthropic,
    {
      input: 36,
      output: 40,
      cacheRead: 64,
      cacheWrite: 10,
      cacheWrite1h: 4,
      cacheIs: 'apart',
    },
  ],
  ['Bedrock', bedrock, { input: 36, output: 40, total: 140, cacheRead: 64, cacheIs: 'apart' }],
  [
    'Gemini, with what its tools put into the prompt',
    gemini,
    {
      input: 100,
      output: 24,
      total: 140,
      cacheRead: 64,
      reasoning: 16,
      cacheIs: 'within',
      reasoningIs: 'apart',
    },
  ],
])('the answer of %s is read where nothing else is there', (_, raw, expected) => {
  expect(setOn({ 'gen_ai.usage.raw': raw })).toMatchObject({ family: 'blob', ...expected })
  expect(setOn({ response_data: `{"usage":${raw}}` })).toMatchObject(expected)
})

test('details of LangChain that know only what was written to the cache are read', () => {
  const span = {
    'gen_ai.usage.input_tokens': 110,
    'gen_ai.usage.input_token_details': "{'cache_creation': 10}",
    'metadata.usage_object': "{'prompt_tokens': 1}",
  }
  expect(setOn(span)).toMatchObject({ cacheRead: undefined, cacheWrite: 10 })
})

test('the raw answer beside the counts tells what the cache did, and what the input was', () => {
  const span = { 'gen_ai.usage.input_tokens': 110, 'gen_ai.usage.raw': anthropic }
  expect(setOn(span, { dialect: 'logfire', scope: 'logfire.anthropic' })).toMatchObject({
    family: 'gen_ai',
    input: 110,
    cacheRead: 64,
    cacheWrite: 10,
    cacheWrite1h: 4,
    rawInput: 36,
  })
})

test('the raw answer of Gemini beside the counts tells what the thoughts were', () => {
  const span = { 'gen_ai.usage.output_tokens': 24, 'gen_ai.usage.raw': gemini }
  expect(setOn(span)).toMatchObject({ output: 24, reasoning: 16, rawOutput: 24 })
})

test.each<[string, string, object]>([
  [
    'what adds up to the total',
    '{"input":100,"input_audio_tokens":50,"output":30,"output_reasoning_tokens":20,"total":200}',
    { input: 150, output: 30, reasoning: 20, audioInput: 50, cacheIs: 'apart' },
  ],
  [
    'what is part of the input, as the total says',
    '{"input":1000,"input_cached_tokens":900,"output":30,"total":1030}',
    { input: 1000, output: 30, cacheRead: 900, cacheIs: undefined },
  ],
  [
    'an object of OpenAI',
    '{"prompt_tokens":1000,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":900}}',
    { input: 1000, output: 30, cacheRead: 900, cacheIs: 'within' },
  ],
])('buckets of Langfuse: %s', (_, details, expected) => {
  expect(setOn({ 'langfuse.observation.usage_details': details })).toMatchObject({
    family: 'langfuse',
    ...expected,
  })
})

test('an object without counts leaves the span to the next family', () => {
  const span = { 'langfuse.observation.usage_details': '{}', 'gen_ai.usage.input_tokens': 4 }
  expect(setOn(span)).toMatchObject({ family: 'gen_ai', input: 4 })
})

test('a structured value is read like its JSON', () => {
  const span = { 'langfuse.observation.usage_details': { input: 5, output: 6 } }
  expect(setOn(span)).toMatchObject({ family: 'langfuse', input: 5, output: 6 })
})

test.each<[string, string, object]>([
  [
    'the cache of Anthropic in version 4',
    '{"anthropic":{"cacheCreationInputTokens":7,"cacheReadInputTokens":90}}',
    { cacheRead: 90, cacheWrite: 7, rawInput: undefined },
  ],
  [
    'that Anthropic used no cache in version 4',
    '{"anthropic":{"cacheCreationInputTokens":null,"cacheReadInputTokens":null}}',
    { cacheRead: 0, cacheWrite: 0 },
  ],
  [
    'what Bedrock wrote to the cache',
    '{"bedrock":{"usage":{"cacheWriteInputTokens":7}}}',
    { cacheRead: undefined, cacheWrite: 7 },
  ],
  [
    'thoughts of Gemini',
    '{"google":{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":55,"thoughtsTokenCount":20}}}',
    { reasoning: 20, rawOutput: 55 },
  ],
  [
    'the details of OpenAI in version 4',
    '{"openai":{"cachedPromptTokens":4,"reasoningTokens":20}}',
    { cacheRead: 4, reasoning: 20 },
  ],
  ['the cache of DeepSeek', '{"deepseek":{"promptCacheHitTokens":4}}', { cacheRead: 4 }],
])('the AI SDK passes on %s', (_, metadata, expected) => {
  const span = {
    'ai.usage.promptTokens': 8,
    'ai.usage.completionTokens': 55,
    'ai.response.providerMetadata': metadata,
  }
  expect(setOn(span, { dialect: 'vercel', scope: 'ai' })).toMatchObject({
    input: 8,
    output: 55,
    ...expected,
  })
})

test('Genkit has the counts of a model in its output', () => {
  const span = {
    'genkit:output': '{"usage":{"inputTokens":8,"outputTokens":5,"thoughtsTokens":2}}',
  }
  expect(setOn(span)).toMatchObject({ family: 'blob', input: 8, output: 5, reasoning: 2 })
})

test.each([
  ['a long text', `{"prompt_tokens":1,"x":"${'y'.repeat(300_000)}"}`],
  ['a deep one', `${'['.repeat(100_000)}`],
  ['one cut off', '{"prompt_tokens":1,'],
  ['one of other things', '{"prompt_tokens":"many","input":{},"output":[3]}'],
  ['one of hostile names', '{"__proto__":{"prompt_tokens":5},"constructor":{"input":1}}'],
])('%s gives no counts', (_, hostile) => {
  for (const key of ['gen_ai.usage.raw', 'langfuse.observation.usage_details', 'response_data']) {
    expect(setOn({ [key]: hostile })).toBeUndefined()
  }
})

test('no attributes whatever make it throw', () => {
  const key = fc.constantFrom(...Object.values(usageKeys).flat())
  const value = fc.oneof(fc.json(), fc.string(), fc.integer(), fc.double(), fc.boolean())
  const context = fc.record({
    dialect: fc.constantFrom(...dialectNames),
    scope: fc.constantFrom('ai', 'gen_ai', ''),
  })
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 8 }), context, (attributes, from) => {
      const set = setOn(attributes, from)
      expect(set === undefined || set.input !== undefined || set.output !== undefined).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('no key stands twice in a list, and none is a name of ours', () => {
  const own: readonly string[] = Object.values(names)
  for (const keys of Object.values<readonly string[]>(usageKeys)) {
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => own.includes(key))).toEqual([])
  }
})
