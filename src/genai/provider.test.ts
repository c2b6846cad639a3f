import fc from 'fast-check'
import { expect, test } from 'vitest'
import { providerOf } from './provider.ts'

test.each([
  ['openai', ['openai', 'OpenAI', 'openai.chat', 'openai.responses', 'oai', ' OPENAI ']],
  ['azure.ai.openai', ['azure.ai.openai', 'az.ai.openai', 'azure-openai', 'azureopenai']],
  ['azure.ai.openai', ['Azure', 'azure', 'azure.responses']],
  ['azure.ai.inference', ['azure.ai.inference', 'az.ai.inference', 'azure.chat', 'azure_ai']],
  ['anthropic', ['anthropic', 'Anthropic', 'anthropic.messages', 'claude']],
  ['aws.bedrock', ['aws.bedrock', 'AWS', 'bedrock', 'amazon-bedrock', 'amazon_bedrock']],
  ['aws.bedrock', ['bedrock_converse', 'amazon-bedrock.chat']],
  ['gcp.vertex_ai', ['gcp.vertex_ai', 'vertex_ai', 'vertexai', 'VertexAI', 'vertex_ai_beta']],
  ['gcp.vertex_ai', ['google.vertex.chat', 'google-vertex', 'google-vertex-anthropic']],
  ['gcp.gemini', ['gcp.gemini', 'gemini', 'google', 'google.generative-ai', 'google_genai']],
  ['gcp.gemini', ['google-gla', 'Google']],
  ['gcp.gen_ai', ['gcp.gen_ai']],
  ['cohere', ['cohere', 'cohere.chat', 'cohere_chat']],
  ['mistral_ai', ['mistral_ai', 'mistralai', 'mistral.chat', 'mistral']],
  ['groq', ['groq', 'groq.chat']],
  ['deepseek', ['deepseek', 'deepseek.chat']],
  ['perplexity', ['perplexity', 'pplx']],
  ['ibm.watsonx.ai', ['ibm.watsonx.ai', 'watsonx', 'watsonx.ai', 'IBM']],
  ['x_ai', ['x_ai', 'xai', 'xai.chat']],
  ['moonshot_ai', ['moonshot_ai', 'moonshot', 'moonshotai']],
  ['together_ai', ['together', 'together_ai', 'together.ai']],
  ['hosted_vllm', ['hosted_vllm']],
  ['ollama', ['ollama', 'Ollama']],
  ['openrouter', ['openrouter']],
  ['acme-inference', ['Acme-Inference']],
])('%s is the name for %s', (provider, raws) => {
  expect(raws.map((raw) => providerOf(raw, undefined))).toEqual(raws.map(() => provider))
})

test.each([
  'strands-agents',
  'strands_agents',
  'gcp.vertex.agent',
  'Langchain',
  'langgraph',
  'crewai',
  'microsoft.agent_framework',
  'agent_framework',
  'openai_agents',
  'claude_agent_sdk',
  'smolagents',
  '_OTHER',
  'unknown',
  '',
])('%s is no provider: the model tells', (framework) => {
  expect(providerOf(framework, 'gemini-2.5-flash')).toBe('gcp.gemini')
  expect(providerOf(framework, undefined)).toBeUndefined()
})

test.each([
  ['gpt-4o', 'openai'],
  ['o3', 'openai'],
  ['o4-mini', 'openai'],
  ['chatgpt-4o-latest', 'openai'],
  ['text-embedding-3-small', 'openai'],
  ['ft:gpt-4o-mini:acme::abc', 'openai'],
  ['text-embedding-004', 'gcp.gemini'],
  ['claude-opus-4-6', 'anthropic'],
  ['models/gemini-2.5-pro', 'gcp.gemini'],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'aws.bedrock'],
  ['anthropic.claude-3-7-sonnet-20250219-v1:0', 'aws.bedrock'],
  ['amazon.nova-pro-v1:0', 'aws.bedrock'],
  ['arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/x7f', 'aws.bedrock'],
  ['arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0', 'aws.bedrock'],
  ['projects/p/locations/l/publishers/google/models/gemini-2.5-pro', 'gcp.vertex_ai'],
  ['vertex_ai/gemini-2.5-pro', 'gcp.vertex_ai'],
  ['mistral-large-2407', 'mistral_ai'],
  ['deepseek-chat', 'deepseek'],
  ['grok-4', 'x_ai'],
  ['sonar-pro', 'perplexity'],
  ['command-r-plus', 'cohere'],
  ['kimi-k2', 'moonshot_ai'],
  ['llama3.1', undefined],
  ['openchat', undefined],
  ['sonarqube', undefined],
])('the model %s is of %s', (model, provider) => {
  expect(providerOf(undefined, model)).toBe(provider)
})

test('5.5 and 5.15 an id of Bedrock shows that Bedrock serves the model', () => {
  expect(providerOf('aws', 'anthropic.claude-3-7-sonnet-20250219-v1:0')).toBe('aws.bedrock')
  expect(providerOf('strands-agents', 'us.anthropic.claude-sonnet-4-20250514-v1:0')).toBe(
    'aws.bedrock',
  )
  expect(providerOf('anthropic', 'us.anthropic.claude-opus-4-6-v1')).toBe('aws.bedrock')
})

test('5.8 and 5.14 the AI SDK names the API, and ADK the framework', () => {
  expect(providerOf('anthropic.messages', 'claude-sonnet-4-20250514')).toBe('anthropic')
  expect(providerOf('gcp.vertex.agent', 'gemini-2.5-flash')).toBe('gcp.gemini')
})

test('5.1, 5.3, 5.16, 5.21 and 5.27 who serves is what the span says', () => {
  expect(providerOf('openai', 'gpt-4.1')).toBe('openai')
  expect(providerOf('aws.bedrock', 'us.anthropic.claude-sonnet-4-20250514-v1:0')).toBe(
    'aws.bedrock',
  )
  expect(providerOf('gcp.gemini', 'gemini-2.5-pro')).toBe('gcp.gemini')
  expect(providerOf('anthropic', 'claude-sonnet-4-5-20250929')).toBe('anthropic')
  expect(providerOf('"openai"', '"gpt-4o-mini"')).toBe('openai')
  expect(providerOf('"Acme"', undefined)).toBe('acme')
})

test('a gateway stays who serves, whatever its models are called', () => {
  expect(providerOf('openrouter', 'anthropic/claude-sonnet-4.5')).toBe('openrouter')
  expect(providerOf('litellm', 'us.anthropic.claude-sonnet-4-20250514-v1:0')).toBe('litellm')
})

test('no text makes it throw, and a name is never long', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (raw, model) => {
      expect((providerOf(raw, model) ?? '').length).toBeLessThanOrEqual(128)
    }),
  )
  expect(providerOf('x'.repeat(10_000_000), undefined)?.length).toBe(128)
  expect(providerOf('.'.repeat(1_000_000), '/'.repeat(1_000_000))).toBeUndefined()
})
