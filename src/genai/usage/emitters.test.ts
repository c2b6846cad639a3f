import { expect, test } from 'vitest'
import type { UsageBasis } from '../../facts/fact.ts'
import { type Emitter, habitOf } from './emitters.ts'
import { normalise } from './normalise.ts'
import { emptyUsageSet, type UsageFamily } from './usage-set.ts'

type Case = readonly [
  emitter: Partial<Emitter> & { readonly family?: UsageFamily },
  what: string,
  input: number,
  output: number,
]

const openai = { provider: 'openai', model: 'gpt-4o' } as const
const anthropic = { provider: 'anthropic', model: 'claude-sonnet-4-5' } as const
const bedrock = {
  provider: 'aws.bedrock',
  model: 'us.anthropic.claude-sonnet-4-20250514-v1:0',
} as const
const gemini = { provider: 'gcp.gemini', model: 'gemini-2.5-pro' } as const
const claudeOnVertex = { provider: 'gcp.vertex_ai', model: 'claude-sonnet-4@20250514' } as const

function emitterOf(part: Partial<Emitter>): Emitter {
  return {
    dialect: 'otel',
    scope: 'app',
    scopeVersion: '',
    provider: undefined,
    model: undefined,
    ...part,
  }
}

/**
 * 1000 in, of which or besides which 600 were read from and 100 written to the cache; 200 out, of
 * which or besides which 50 are reasoning. No total: only the table can tell.
 */
const cases: readonly Case[] = [
  [{ scope: 'opentelemetry.instrumentation.openai_v2', ...openai }, 'within', 1000, 200],
  [{ scope: 'opentelemetry.instrumentation.openai_agents', ...openai }, 'within', 1000, 200],
  [
    {
      scope: 'opentelemetry.instrumentation.google_genai',
      scopeVersion: '0.7b1',
      ...gemini,
    },
    'within',
    1000,
    200,
  ],
  [
    { scope: 'opentelemetry.instrumentation.google_genai', scopeVersion: '1.0b0', ...gemini },
    'within',
    1000,
    200,
  ],
  [
    { scope: 'opentelemetry.instrumentation.google_genai', scopeVersion: '0.7b0', ...gemini },
    'reasoning apart',
    1000,
    250,
  ],
  [
    { scope: 'opentelemetry.instrumentation.google_genai', scopeVersion: '0.3b0', ...gemini },
    'reasoning apart',
    1000,
    250,
  ],
  [{ scope: 'opentelemetry.instrumentation.vertexai', ...gemini }, 'reasoning apart', 1000, 250],
  [
    { scope: 'opentelemetry.instrumentation.botocore.bedrock-runtime', ...bedrock },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'openinference', scope: 'openinference.instrumentation.anthropic', ...anthropic },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openinference', scope: 'openinference.instrumentation.openai', ...openai },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openinference', scope: 'openinference.instrumentation.bedrock', ...bedrock },
    'within',
    1000,
    200,
  ],
  [
    {
      dialect: 'openinference',
      scope: 'openinference.instrumentation.bedrock',
      provider: 'aws.bedrock',
      model: 'amazon.nova-pro-v1:0',
    },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'openinference', scope: 'openinference.instrumentation.google_genai', ...gemini },
    'within',
    1000,
    200,
  ],
  [
    {
      dialect: 'openinference',
      scope: 'openinference.instrumentation.claude_agent_sdk',
      ...anthropic,
    },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'openinference', scope: 'openinference.instrumentation.langchain', ...openai },
    'within',
    1000,
    200,
  ],
  [
    {
      dialect: 'strands',
      scope: 'strands.telemetry.tracer',
      family: 'openinference',
      ...bedrock,
    },
    'within',
    1000,
    200,
  ],
  [
    {
      dialect: 'openinference',
      scope: '@arizeai/openinference-instrumentation-anthropic',
      scopeVersion: '0.1.22',
      ...anthropic,
    },
    'cache apart',
    1700,
    200,
  ],
  [
    {
      dialect: 'openinference',
      scope: '@arizeai/openinference-instrumentation-anthropic',
      scopeVersion: '0.2.8',
      ...anthropic,
    },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openllmetry', scope: '@traceloop/instrumentation-anthropic', ...anthropic },
    'cache apart',
    1700,
    200,
  ],
  [
    {
      dialect: 'openinference',
      scope: '@arizeai/openinference-instrumentation-bedrock',
      ...bedrock,
    },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'openinference', scope: '@arizeai/openinference-instrumentation-openai', ...openai },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openllmetry', scope: 'opentelemetry.instrumentation.anthropic', ...anthropic },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openllmetry', scope: 'opentelemetry.instrumentation.openai.v1', ...openai },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openllmetry', scope: 'opentelemetry.instrumentation.bedrock', ...bedrock },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'openllmetry', scope: 'opentelemetry.instrumentation.langchain', ...anthropic },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'openllmetry', scope: 'opentelemetry.instrumentation.langchain', ...bedrock },
    'cache apart',
    1700,
    200,
  ],
  [{ dialect: 'vercel', scope: 'ai', family: 'vercel', ...openai }, 'within', 1000, 200],
  [{ dialect: 'vercel', scope: 'ai', family: 'vercel', ...anthropic }, 'cache apart', 1700, 200],
  [{ dialect: 'vercel', scope: 'ai', family: 'vercel', ...bedrock }, 'cache apart', 1700, 200],
  [{ dialect: 'vercel', scope: 'ai', family: 'vercel', ...gemini }, 'reasoning apart', 1000, 250],
  [{ dialect: 'vercel', scope: 'gen_ai', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'pydantic_ai', scope: 'pydantic-ai', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'logfire', scope: 'logfire.anthropic', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'logfire', scope: 'logfire.openai', ...openai }, 'within', 1000, 200],
  [{ dialect: 'logfire', scope: 'logfire.claude_agent_sdk', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'langsmith', scope: 'langsmith', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'google_adk', scope: 'gcp.vertex.agent', ...gemini }, 'within', 1000, 200],
  [{ dialect: 'strands', scope: 'strands.telemetry.tracer', ...bedrock }, 'cache apart', 1700, 200],
  [
    { dialect: 'strands', scope: 'strands.telemetry.tracer', ...anthropic },
    'cache apart',
    1700,
    200,
  ],
  [{ dialect: 'strands', scope: 'strands.telemetry.tracer', ...openai }, 'within', 1000, 200],
  [{ dialect: 'agent_framework', scope: 'agent_framework', ...openai }, 'within', 1000, 200],
  [
    { dialect: 'agent_framework', scope: 'agent_framework', ...anthropic },
    'cache apart',
    1700,
    200,
  ],
  [{ dialect: 'agent_framework', scope: 'agent_framework', ...bedrock }, 'cache apart', 1700, 200],
  [
    { dialect: 'agent_framework', scope: 'agent_framework', ...gemini },
    'reasoning apart',
    1000,
    250,
  ],
  [
    { dialect: 'agent_framework', scope: 'agent_framework', ...claudeOnVertex },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'agent_framework', scope: 'Experimental.Microsoft.Extensions.AI', ...openai },
    'within',
    1000,
    200,
  ],
  [
    { dialect: 'agent_framework', scope: 'Experimental.Microsoft.Extensions.AI', ...anthropic },
    'cache apart',
    1700,
    200,
  ],
  [{ dialect: 'semantic_kernel', scope: 'semantic_kernel', ...openai }, 'within', 1000, 200],
  [
    { dialect: 'semantic_kernel', scope: 'semantic_kernel', ...anthropic },
    'cache apart',
    1700,
    200,
  ],
  [
    { dialect: 'semantic_kernel', scope: 'semantic_kernel', ...gemini },
    'reasoning apart',
    1000,
    250,
  ],
  [{ dialect: 'claude_code', scope: '', family: 'claude', ...anthropic }, 'cache apart', 1700, 200],
  [{ dialect: 'openlit', scope: 'openlit.otel.tracing', ...anthropic }, 'cache apart', 1700, 200],
  [{ dialect: 'openlit', scope: 'openlit.otel.tracing', ...openai }, 'within', 1000, 200],
  [
    { dialect: 'mlflow', scope: 'mlflow.anthropic', family: 'mlflow', ...anthropic },
    'within',
    1000,
    200,
  ],
  [{ dialect: 'litellm', scope: 'litellm', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'mastra', scope: '@mastra/otel', ...anthropic }, 'within', 1000, 200],
  [{ dialect: 'genkit', scope: 'genkit-tracer', family: 'blob', ...gemini }, 'within', 1000, 200],
  [{ dialect: 'otel', scope: 'somebody.else', ...anthropic }, 'within', 1000, 200],
]

test.each(cases)('%o counts with the %s', ({ family, ...part }, _, input, output) => {
  const set = {
    ...emptyUsageSet,
    family: family ?? 'gen_ai',
    input: 1000,
    output: 200,
    cacheRead: 600,
    cacheWrite: 100,
    reasoning: 50,
  }
  expect(normalise(set, emitterOf(part))).toMatchObject({
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: 600,
    cacheWriteTokens: 100,
    reasoningTokens: 50,
    basis: input === 1000 ? 'reported_inclusive' : 'converted_from_exclusive',
  })
})

const losses: readonly (readonly [Partial<Emitter>, UsageBasis])[] = [
  [{ scope: 'opentelemetry.instrumentation.botocore.bedrock-runtime', ...bedrock }, 'lower_bound'],
  [
    {
      scope: 'opentelemetry.instrumentation.botocore.bedrock-runtime',
      provider: 'aws.bedrock',
      model: 'meta.llama3-1-70b-instruct-v1:0',
    },
    'reported_inclusive',
  ],
  [
    {
      dialect: 'openinference',
      scope: '@arizeai/openinference-instrumentation-anthropic',
      scopeVersion: '0.1.22',
      ...anthropic,
    },
    'lower_bound',
  ],
  [
    {
      dialect: 'openinference',
      scope: '@arizeai/openinference-instrumentation-anthropic',
      scopeVersion: '0.2.8',
      ...anthropic,
    },
    'reported_inclusive',
  ],
  [
    {
      dialect: 'openinference',
      scope: '@arizeai/openinference-instrumentation-bedrock',
      ...bedrock,
    },
    'reported_inclusive',
  ],
  [{ dialect: 'vercel', scope: 'ai', ...bedrock }, 'lower_bound'],
  [{ dialect: 'vercel', scope: 'ai', ...openai }, 'reported_inclusive'],
  [{ dialect: 'semantic_kernel', scope: 'semantic_kernel', ...anthropic }, 'lower_bound'],
  [{ dialect: 'semantic_kernel', scope: 'semantic_kernel', ...openai }, 'reported_inclusive'],
  [{ dialect: 'strands', scope: 'strands.telemetry.tracer', ...bedrock }, 'reported_inclusive'],
  [{ dialect: 'claude_code', ...anthropic }, 'reported_inclusive'],
]

test.each(losses)('%o without any count of the cache is %s', (part, basis) => {
  const set = { ...emptyUsageSet, input: 12, output: 210 }
  expect(normalise(set, emitterOf(part))).toMatchObject({ inputTokens: 12, basis })
})

test('the AI SDK 5 for Bedrock has what was written to the cache and loses what was read', () => {
  const set = {
    ...emptyUsageSet,
    family: 'vercel',
    input: 12,
    output: 210,
    cacheWrite: 80,
  } as const
  expect(normalise(set, emitterOf({ dialect: 'vercel', scope: 'ai', ...bedrock }))).toMatchObject({
    inputTokens: 92,
    cacheWriteTokens: 80,
    basis: 'lower_bound',
  })
})

test('a version that cannot be read is taken for a new one', () => {
  const scope = 'opentelemetry.instrumentation.google_genai'
  for (const scopeVersion of ['', 'main', 'v', '0.7', '0.7b']) {
    expect(habitOf(emitterOf({ scope, scopeVersion }), 'gen_ai').reasoning).toBe('within')
  }
})

test('the JS instrumentation of OpenLLMetry for Anthropic has a total without the cache', () => {
  const set = {
    ...emptyUsageSet,
    input: 750,
    output: 12,
    total: 762,
    cacheRead: 600,
    cacheWrite: 0,
  }
  const emitter = { dialect: 'openllmetry', scope: '@traceloop/instrumentation-anthropic' } as const
  expect(normalise(set, emitterOf({ ...emitter, ...anthropic }))).toMatchObject({
    inputTokens: 1350,
    cacheReadTokens: 600,
    basis: 'converted_from_exclusive',
  })
})
