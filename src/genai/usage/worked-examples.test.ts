import { expect, test } from 'vitest'
import type { Usage } from '../../facts/fact.ts'
import { type Attributes, setOn } from './attributes.fixture.ts'
import type { Emitter } from './emitters.ts'
import { normalise } from './normalise.ts'

const none: Usage = {
  inputTokens: undefined,
  outputTokens: undefined,
  cacheReadTokens: undefined,
  cacheWriteTokens: undefined,
  cacheWrite1hTokens: undefined,
  reasoningTokens: undefined,
  audioInputTokens: undefined,
  audioOutputTokens: undefined,
  basis: 'reported_inclusive',
}

/** The tokens that a span is found to mean. */
function usageOf(emitter: Partial<Emitter>, attributes: Attributes): Usage | undefined {
  const whole = { ...anEmitter, ...emitter }
  const set = setOn(attributes, whole)
  return set === undefined ? undefined : normalise(set, whole)
}

const anEmitter: Emitter = {
  dialect: 'otel',
  scope: 'app',
  scopeVersion: '',
  provider: undefined,
  model: undefined,
}

test('5.1 the newest names hold the cache in the input', () => {
  const usage = usageOf(
    { scope: 'opentelemetry.util.genai.handler', provider: 'openai', model: 'gpt-4.1' },
    {
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.cache_read.input_tokens': 1024,
      'gen_ai.usage.output_tokens': 90,
      'gen_ai.usage.reasoning.output_tokens': 0,
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 1200,
    cacheReadTokens: 1024,
    outputTokens: 90,
    reasoningTokens: 0,
  })
})

test('5.2 of the names of 1.26 the cache and reasoning stay unknown, which is not 0', () => {
  const usage = usageOf(
    { scope: 'opentelemetry.instrumentation.openai_v2', provider: 'openai' },
    { 'gen_ai.usage.prompt_tokens': 20, 'gen_ai.usage.completion_tokens': 7 },
  )
  expect(usage).toEqual({ ...none, inputTokens: 20, outputTokens: 7 })
})

test('5.3 botocore loses what the cache gave: its input is the least it can be', () => {
  const usage = usageOf(
    {
      scope: 'opentelemetry.instrumentation.botocore.bedrock-runtime',
      provider: 'aws.bedrock',
      model: 'us.anthropic.claude-sonnet-4-20250514-v1:0',
    },
    { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 210 },
  )
  expect(usage).toEqual({ ...none, inputTokens: 12, outputTokens: 210, basis: 'lower_bound' })
})

test('5.4 OpenInference for Anthropic sums up, and its total gives no hint', () => {
  const usage = usageOf(
    {
      dialect: 'openinference',
      scope: 'openinference.instrumentation.anthropic',
      provider: 'anthropic',
    },
    {
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 2100,
      'llm.token_count.prompt_details.cache_read': 1800,
      'llm.token_count.prompt_details.cache_write': 200,
      'llm.token_count.completion': 35,
      'llm.token_count.total': 2135,
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 2100,
    cacheReadTokens: 1800,
    cacheWriteTokens: 200,
    outputTokens: 35,
  })
})

test('5.5 a total with the cache besides the input proves that it is apart', () => {
  const usage = usageOf(
    {
      dialect: 'openinference',
      scope: 'openinference.instrumentation.bedrock',
      provider: 'aws.bedrock',
    },
    {
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 15,
      'llm.token_count.completion': 100,
      'llm.token_count.total': 3115,
      'llm.token_count.prompt_details.cache_read': 3000,
      'llm.token_count.prompt_details.cache_write': 0,
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 3015,
    cacheReadTokens: 3000,
    cacheWriteTokens: 0,
    outputTokens: 100,
    basis: 'converted_from_exclusive',
  })
})

test('5.6 OpenLLMetry mixes old and new names in one set', () => {
  const usage = usageOf(
    {
      dialect: 'openllmetry',
      scope: 'opentelemetry.instrumentation.openai.v1',
      provider: 'openai',
    },
    {
      'gen_ai.usage.prompt_tokens': 61,
      'gen_ai.usage.completion_tokens': 16,
      'llm.usage.total_tokens': 77,
      'gen_ai.usage.cache_read_input_tokens': 0,
    },
  )
  expect(usage).toEqual({ ...none, inputTokens: 61, cacheReadTokens: 0, outputTokens: 16 })
})

test('5.7 the sums of a crew are no counts; those of its call are', () => {
  const crewai = { dialect: 'openllmetry', scope: 'opentelemetry.instrumentation.crewai' } as const
  const sums = { 'crewai.crew.token_usage': 'total_tokens=900 prompt_tokens=700' }
  const call = { 'gen_ai.usage.input_tokens': 300, 'gen_ai.usage.output_tokens': 80 }
  expect(usageOf(crewai, sums)).toBeUndefined()
  expect(usageOf(crewai, call)).toEqual({ ...none, inputTokens: 300, outputTokens: 80 })
})

test('5.8 the provider’s own answer shows that the AI SDK left the cache out', () => {
  const usage = usageOf(
    { dialect: 'vercel', scope: 'ai', provider: 'anthropic', model: 'claude-sonnet-4-20250514' },
    {
      'ai.usage.promptTokens': 8,
      'ai.usage.completionTokens': 55,
      'gen_ai.usage.input_tokens': 8,
      'gen_ai.usage.output_tokens': 55,
      'ai.response.providerMetadata':
        '{"anthropic":{"usage":{"input_tokens":8,"cache_creation_input_tokens":0,"cache_read_input_tokens":4000,"output_tokens":55},"cacheCreationInputTokens":0}}',
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 4008,
    cacheReadTokens: 4000,
    cacheWriteTokens: 0,
    outputTokens: 55,
    basis: 'converted_from_exclusive',
  })
})

test('5.9 the AI SDK 7 counts as the conventions say', () => {
  const usage = usageOf(
    { dialect: 'vercel', scope: 'gen_ai', provider: 'openai', model: 'gpt-5' },
    {
      'gen_ai.usage.input_tokens': 900,
      'gen_ai.usage.cache_read.input_tokens': 512,
      'gen_ai.usage.output_tokens': 120,
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 900,
    cacheReadTokens: 512,
    outputTokens: 120,
  })
})

test('5.10 details of pydantic-ai are part of its input, and the sums of a run no counts', () => {
  const pydantic = { dialect: 'pydantic_ai', scope: 'pydantic-ai', provider: 'openai' } as const
  const run = {
    'gen_ai.aggregated_usage.input_tokens': 500,
    'gen_ai.aggregated_usage.output_tokens': 50,
  }
  const chat = {
    'gen_ai.usage.input_tokens': 500,
    'gen_ai.usage.output_tokens': 50,
    'gen_ai.usage.details.cache_read_tokens': 100,
  }
  expect(usageOf(pydantic, run)).toBeUndefined()
  expect(usageOf(pydantic, chat)).toEqual({
    ...none,
    inputTokens: 500,
    cacheReadTokens: 100,
    outputTokens: 50,
  })
})

test('5.13 details that LangSmith writes as a Python repr are read', () => {
  const usage = usageOf(
    { dialect: 'langsmith', scope: 'langsmith', provider: 'openai', model: 'gpt-4o' },
    {
      'gen_ai.usage.input_tokens': 150,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.total_tokens': 170,
      'gen_ai.usage.input_token_details': "{'cache_read': 128}",
      'gen_ai.usage.output_token_details': "{'reasoning': 0}",
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 150,
    cacheReadTokens: 128,
    outputTokens: 20,
    reasoningTokens: 0,
  })
})

test('5.14 thoughts of Gemini are outside of its candidates', () => {
  const usage = usageOf(
    {
      dialect: 'google_adk',
      scope: 'gcp.vertex.agent',
      provider: 'gcp.gemini',
      model: 'gemini-2.5-flash',
    },
    {
      'gcp.vertex.agent.llm_response':
        '{"content":{"role":"model","parts":[{"functionCall":{"name":"get_time","args":{"city":"Oslo"}}}]},"usage_metadata":{"prompt_token_count":300,"candidates_token_count":20,"thoughts_token_count":64,"total_token_count":384}}',
    },
  )
  expect(usage).toEqual({ ...none, inputTokens: 300, outputTokens: 84, reasoningTokens: 64 })
})

test('5.15 Strands hands on what Bedrock counts', () => {
  const usage = usageOf(
    {
      dialect: 'strands',
      scope: 'strands.telemetry.tracer',
      provider: 'aws.bedrock',
      model: 'us.anthropic.claude-sonnet-4-20250514-v1:0',
    },
    {
      'gen_ai.usage.prompt_tokens': 40,
      'gen_ai.usage.input_tokens': 40,
      'gen_ai.usage.completion_tokens': 110,
      'gen_ai.usage.output_tokens': 110,
      'gen_ai.usage.total_tokens': 2198,
      'gen_ai.usage.cache_read_input_tokens': 2048,
      'gen_ai.usage.cache_write_input_tokens': 0,
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 2088,
    cacheReadTokens: 2048,
    cacheWriteTokens: 0,
    outputTokens: 110,
    basis: 'converted_from_exclusive',
  })
})

test('5.16 more reasoning than output cannot be part of it', () => {
  const usage = usageOf(
    {
      dialect: 'agent_framework',
      scope: 'agent_framework',
      provider: 'gcp.gemini',
      model: 'gemini-2.5-pro',
    },
    {
      'gen_ai.usage.input_tokens': 80,
      'gen_ai.usage.output_tokens': 30,
      'gen_ai.usage.reasoning.output_tokens': 200,
    },
  )
  expect(usage).toEqual({ ...none, inputTokens: 80, outputTokens: 230, reasoningTokens: 200 })
})

test.each([
  ['a span', [6, 420, 18000, 1500]],
  ['a log, whose numbers are texts', ['6', '420', '18000', '1500']],
])(
  '5.17 the four numbers of Claude Code are disjoint, on %s',
  (_, [input, output, read, write]) => {
    const usage = usageOf(
      {
        dialect: 'claude_code',
        scope: 'com.anthropic.claude_code.tracing',
        provider: 'anthropic',
        model: 'claude-opus-4-6',
      },
      {
        input_tokens: input ?? '',
        output_tokens: output ?? '',
        cache_read_tokens: read ?? '',
        cache_creation_tokens: write ?? '',
      },
    )
    expect(usage).toEqual({
      ...none,
      inputTokens: 19_506,
      cacheReadTokens: 18_000,
      cacheWriteTokens: 1_500,
      outputTokens: 420,
      basis: 'converted_from_exclusive',
    })
  },
)

test('5.18 partial counts of Logfire are none; those of its root are', () => {
  const logfire = {
    dialect: 'logfire',
    scope: 'logfire.claude_agent_sdk',
    provider: 'anthropic',
  } as const
  const chat = { 'gen_ai.usage.partial.input_tokens': 4500 }
  const root = {
    'gen_ai.usage.input_tokens': 9000,
    'gen_ai.usage.cache_read.input_tokens': 8000,
    'gen_ai.usage.output_tokens': 700,
  }
  expect(usageOf(logfire, chat)).toBeUndefined()
  expect(usageOf(logfire, root)).toEqual({
    ...none,
    inputTokens: 9000,
    cacheReadTokens: 8000,
    outputTokens: 700,
  })
})

test('5.20 the buckets of Langfuse are disjoint, as their total says', () => {
  const usage = usageOf(
    { dialect: 'langfuse', scope: 'langfuse-sdk', provider: 'openai', model: 'gpt-4o' },
    {
      'langfuse.observation.usage_details':
        '{"input":100,"input_cached_tokens":900,"output":30,"total":1030}',
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 1000,
    cacheReadTokens: 900,
    outputTokens: 30,
    basis: 'converted_from_exclusive',
  })
})

test('5.21 LiteLLM says only in a Python repr what came from the cache', () => {
  const usage = usageOf(
    { dialect: 'litellm', scope: 'litellm', provider: 'anthropic' },
    {
      'gen_ai.usage.input_tokens': 5010,
      'gen_ai.usage.output_tokens': 60,
      'gen_ai.usage.total_tokens': 5070,
      'metadata.usage_object':
        "{'prompt_tokens': 5010, 'completion_tokens': 60, 'prompt_tokens_details': {'cached_tokens': 5000}}",
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 5010,
    cacheReadTokens: 5000,
    outputTokens: 60,
  })
})

test('5.23 Agent-SRE writes the names of the conventions', () => {
  const usage = usageOf(
    { dialect: 'agent_sre', scope: 'my-agent', provider: 'openai', model: 'gpt-4o' },
    { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 2 },
  )
  expect(usage).toEqual({ ...none, inputTokens: 10, outputTokens: 2 })
})

test('5.27 MLflow writes its counts as JSON', () => {
  const usage = usageOf(
    { dialect: 'mlflow', scope: 'mlflow.openai', provider: 'openai', model: 'gpt-4o-mini' },
    { 'mlflow.chat.tokenUsage': '{"input_tokens":9,"output_tokens":3,"total_tokens":12}' },
  )
  expect(usage).toEqual({ ...none, inputTokens: 9, outputTokens: 3 })
})

test('5.28 less input than came from the cache cannot be the whole, whatever the total says', () => {
  const usage = usageOf(
    {
      dialect: 'openlit',
      scope: 'openlit.otel.tracing',
      provider: 'anthropic',
      model: 'claude-3-5-sonnet-latest',
    },
    {
      'gen_ai.usage.input_tokens': 30,
      'gen_ai.usage.output_tokens': 40,
      'gen_ai.usage.total_tokens': 70,
      'gen_ai.usage.cache_read.input_tokens': 2000,
    },
  )
  expect(usage).toEqual({
    ...none,
    inputTokens: 2030,
    cacheReadTokens: 2000,
    outputTokens: 40,
    basis: 'converted_from_exclusive',
  })
})

test('5.11, 5.12, 5.19, 5.22 and 5.29 tools, hand-overs and policies have no tokens', () => {
  expect(usageOf({ dialect: 'mcp' }, { 'mcp.method.name': 'tools/call' })).toBeUndefined()
  expect(
    usageOf({ dialect: 'agentcore' }, { 'tool.name': 'hr-db___create_payout' }),
  ).toBeUndefined()
  expect(usageOf({}, { 'agt.policy.action': 'require_approval' })).toBeUndefined()
})
