import { expect, test } from 'vitest'
import { dialectOfScope } from './scope-dialect.ts'

const nothing = () => undefined

test.each([
  ['opentelemetry.util.genai.handler', 'otel'],
  ['opentelemetry.instrumentation.openai_v2', 'otel'],
  ['openinference.instrumentation.langchain', 'openinference'],
  ['@arizeai/openinference-instrumentation-openai', 'openinference'],
  ['traceloop.tracer', 'openllmetry'],
  ['@traceloop/instrumentation-bedrock', 'openllmetry'],
  ['opentelemetry.instrumentation.openai.v1', 'openllmetry'],
  ['opentelemetry.instrumentation.crewai.instrumentation', 'openllmetry'],
  ['ai', 'vercel'],
  ['gen_ai', 'vercel'],
  ['langfuse-sdk', 'langfuse'],
  ['pydantic-ai', 'pydantic_ai'],
  ['pydantic-evals', 'pydantic_ai'],
  ['logfire.openai', 'logfire'],
  ['logfire.mcp', 'logfire'],
  ['logfire.claude_agent_sdk', 'logfire'],
  ['langsmith', 'langsmith'],
  ['gcp.vertex.agent', 'google_adk'],
  ['strands.telemetry.tracer', 'strands'],
  ['agent_framework', 'agent_framework'],
  ['Experimental.Microsoft.Agents.AI', 'agent_framework'],
  ['Experimental.Microsoft.Extensions.AI', 'agent_framework'],
  ['Microsoft.SemanticKernel.Diagnostics', 'semantic_kernel'],
  ['semantic_kernel.utils.telemetry.model_diagnostics.decorators', 'semantic_kernel'],
  ['crewai.telemetry', 'crewai'],
  ['com.anthropic.claude_code.tracing', 'claude_code'],
  ['com.anthropic.sdk.typescript', 'anthropic_sdk'],
  ['openlit.otel.tracing', 'openlit'],
  ['openlit.instrumentation.anthropic', 'openlit'],
  ['mlflow.openai', 'mlflow'],
  ['litellm', 'litellm'],
  ['mcp-python-sdk', 'mcp'],
  ['fastmcp', 'mcp'],
  ['agent_sre', 'agent_sre'],
  ['agentmesh', 'agent_governance'],
  ['agentmesh.governance', 'agent_governance'],
  ['@mastra/otel-exporter', 'mastra'],
  ['genkit-tracer', 'genkit'],
  ['livekit-agents', 'livekit'],
  ['lmnr.sdk', 'laminar'],
  ['org.springframework.ai.chat.observation', 'spring_ai'],
  ['@flue/opentelemetry', 'flue'],
  ['a2a-python-sdk', 'a2a'],
])('the scope %s is of %s', (scope, dialect) => {
  expect(dialectOfScope(scope, nothing).dialect).toBe(dialect)
})

test.each([
  '',
  'app',
  'ai.custom',
  'my-ai',
  'openinference',
  'logfire',
  'logfire.fastapi',
  'opentelemetry.instrumentation.requests',
  'opentelemetry.instrumentation.openai',
  '@opentelemetry/instrumentation-http',
  '__proto__',
  'constructor',
])('the scope %j is of no dialect', (scope) => {
  expect(dialectOfScope(scope, nothing).dialect).toBeUndefined()
})

test.each([
  ['service.name', 'claude-code', 'claude_code'],
  ['service.name', 'openrouter', 'openrouter'],
  ['service.name', 'gemini-cli', 'gemini_cli'],
  ['telemetry.sdk.name', 'openlit', 'openlit'],
  ['cloud.platform', 'aws_bedrock_agentcore', 'agentcore'],
  ['openinference.project.name', 'any', 'openinference'],
  ['langfuse.environment', 'any', 'langfuse'],
  ['langfuse.release', 'any', 'langfuse'],
  ['logfire.version', 'any', 'logfire'],
])('the resource attribute %s of %s hints at %s and tells no more', (key, value, dialect) => {
  const told = dialectOfScope('app', (asked) => (asked === key ? value : undefined))
  expect(told.hints).toEqual([dialect])
  expect(told.dialect).toBeUndefined()
})

test('a scope that two dialects share hints at one of them', () => {
  const told = dialectOfScope('opentelemetry.instrumentation.openai_agents', nothing)
  expect(told.dialect).toBeUndefined()
  expect(told.hints).toEqual(['openai_agents'])
})

test('a scope of all spans of a service hints at Spring AI', () => {
  expect(dialectOfScope('org.springframework.boot', nothing).hints).toEqual(['spring_ai'])
})

test('names of spans tell nothing where a plain instrumentation of OpenTelemetry gave them', () => {
  expect(dialectOfScope('@opentelemetry/instrumentation-http', nothing).hasTellingNames).toBe(false)
  expect(dialectOfScope('app', nothing).hasTellingNames).toBe(true)
})

test('a scope of 10 MB is of no dialect', () => {
  expect(dialectOfScope('a'.repeat(10_000_000), nothing).dialect).toBeUndefined()
})
