import { expect, test } from 'vitest'
import { recognised, type SpanSpec } from './recognised.fixture.ts'

function roleOf(spec: SpanSpec) {
  return recognised(spec)?.role
}

const operation = (word: string) => ({ 'gen_ai.operation.name': word })
const kind = (word: string) => ({ 'openinference.span.kind': word })

test('conventions: calls of a model count, what is around them wraps', () => {
  const of = (word: string) => roleOf({ attributes: operation(word) })
  for (const word of ['chat', 'generate_content', 'text_completion', 'embeddings', 'rerank']) {
    expect([word, of(word)]).toEqual([word, 'inference'])
  }
  for (const word of ['invoke_agent', 'invoke_workflow', 'plan', 'execute_tool', 'frobnicate']) {
    expect([word, of(word)]).toEqual([word, 'wrapper'])
  }
  expect(of('create_agent')).toBeUndefined()
})

test('conventions: a stored response that is read again never counts', () => {
  expect(roleOf({ attributes: operation('fetch_response') })).toBe('copy')
})

test('OpenInference: calls count, agents, chains and tools wrap', () => {
  const scope = 'openinference.instrumentation.langchain'
  expect(roleOf({ scope, attributes: kind('LLM') })).toBe('inference')
  expect(roleOf({ scope, attributes: kind('EMBEDDING') })).toBe('inference')
  expect(roleOf({ scope, attributes: kind('AGENT') })).toBe('wrapper')
  expect(roleOf({ scope, attributes: kind('CHAIN') })).toBe('wrapper')
  expect(roleOf({ scope, attributes: kind('TOOL') })).toBe('wrapper')
  expect(roleOf({ scope, attributes: kind('PROMPT') })).toBeUndefined()
})

test('OpenInference: the agent of the Claude SDK wraps, since nothing else has its tokens', () => {
  const scope = 'openinference.instrumentation.claude_agent_sdk'
  expect(roleOf({ scope, attributes: kind('AGENT') })).toBe('wrapper')
})

test('OpenInference: agents and steps of smolagents add up over their lives', () => {
  const scope = 'openinference.instrumentation.smolagents'
  expect(roleOf({ scope, attributes: kind('AGENT') })).toBe('cumulative')
  expect(roleOf({ scope, attributes: kind('CHAIN') })).toBe('cumulative')
  expect(roleOf({ scope, attributes: kind('LLM') })).toBe('inference')
})

test('OpenLLMetry: only those of CrewAI add up over their lives', () => {
  const agent = { 'traceloop.span.kind': 'agent' }
  const crewai = 'opentelemetry.instrumentation.crewai.instrumentation'
  const openai = 'opentelemetry.instrumentation.openai_agents'
  expect(roleOf({ scope: crewai, name: 'Researcher.agent', attributes: agent })).toBe('cumulative')
  expect(roleOf({ scope: openai, name: 'Triage.agent', attributes: agent })).toBe('wrapper')
  expect(roleOf({ scope: crewai, name: 'gpt-4o.llm' })).toBe('inference')
})

test('AI SDK: the inner calls count, their wrappers do not', () => {
  const of = (id: string) => roleOf({ scope: 'ai', name: id, attributes: { 'ai.operationId': id } })
  for (const id of [
    'ai.generateText.doGenerate',
    'ai.streamText.doStream',
    'ai.embed.doEmbed',
    'ai.rerank.doRerank',
  ]) {
    expect([id, of(id)]).toEqual([id, 'inference'])
  }
  for (const id of ['ai.generateText', 'ai.streamObject', 'ai.embed', 'ai.embedMany']) {
    expect([id, of(id)]).toEqual([id, 'wrapper'])
  }
  expect(roleOf({ scope: 'gen_ai', name: 'step 1' })).toBe('wrapper')
})

test('pydantic-ai, Logfire and the Agent Framework: agents and workflows wrap', () => {
  const attributes = operation('invoke_agent')
  for (const scope of ['pydantic-ai', 'logfire.claude_agent_sdk', 'agent_framework']) {
    expect([scope, roleOf({ scope, attributes })]).toEqual([scope, 'wrapper'])
  }
  expect(roleOf({ scope: 'agent_framework', name: 'workflow.run' })).toBe('wrapper')
  expect(roleOf({ scope: 'agent_framework', name: 'executor.process' })).toBe('wrapper')
})

test('LangSmith: chains and tools that echo tokens wrap', () => {
  const of = (word: string) => roleOf({ attributes: { 'langsmith.span.kind': word } })
  expect(of('llm')).toBe('inference')
  expect(of('chain')).toBe('wrapper')
  expect(of('tool')).toBe('wrapper')
})

test('ADK: calls count by their names, runs wrap', () => {
  const of = (name: string) => roleOf({ scope: 'gcp.vertex.agent', name })
  expect(of('call_llm')).toBe('inference')
  expect(of('generate_content gemini-2.5-flash')).toBe('inference')
  expect(of('invocation')).toBe('wrapper')
  expect(of('agent_run [weather]')).toBe('wrapper')
})

test('Strands: all but the chat add up over the life of the agent, whatever the scope', () => {
  const strands = { 'gen_ai.system': 'strands-agents' }
  const of = (word: string) => roleOf({ attributes: { ...strands, ...operation(word) } })
  expect(of('chat')).toBe('inference')
  expect(of('invoke_agent')).toBe('cumulative')
  expect(of('invoke_swarm')).toBe('cumulative')
  expect(of('execute_event_loop_cycle')).toBe('cumulative')
})

test('Strands: OpenInference that a processor added does not make the agent count', () => {
  const attributes = { ...kind('AGENT'), ...operation('invoke_agent') }
  const strands = { ...attributes, 'gen_ai.system': 'strands-agents' }
  expect(roleOf({ scope: 'strands.telemetry.tracer', attributes })).toBe('cumulative')
  expect(recognised({ attributes: strands })).toMatchObject({
    dialect: 'openinference',
    role: 'cumulative',
  })
})

test('LiteLLM: the raw request is a copy, in any scope', () => {
  const name = 'raw_gen_ai_request'
  expect(roleOf({ scope: 'litellm', name, attributes: operation('chat') })).toBe('copy')
  expect(roleOf({ name })).toBe('copy')
  expect(roleOf({ scope: 'litellm', name: 'litellm_request' })).toBe('inference')
})

test('Mastra: a generation counts, its steps and chunks are copies', () => {
  const of = (word: string) => roleOf({ attributes: { 'mastra.span.type': word } })
  expect(of('model_generation')).toBe('inference')
  expect(of('agent_run')).toBe('wrapper')
  expect(of('model_step')).toBe('copy')
  expect(of('model_chunk')).toBe('copy')
  expect(of('generic')).toBe('wrapper')
})

test('Laminar: an answer that was played again is a copy', () => {
  expect(roleOf({ attributes: { 'lmnr.span.type': 'CACHED' } })).toBe('copy')
  expect(roleOf({ attributes: { 'lmnr.span.type': 'LLM' } })).toBe('inference')
})

test('Langfuse, MLflow, Genkit, Agent-SRE and Claude Code: runs wrap', () => {
  expect(roleOf({ attributes: { 'langfuse.observation.type': 'agent' } })).toBe('wrapper')
  expect(roleOf({ attributes: { 'mlflow.spanType': '"AGENT"' } })).toBe('wrapper')
  expect(roleOf({ attributes: { 'genkit:type': 'flow' } })).toBe('wrapper')
  expect(roleOf({ attributes: { 'genkit:type': 'util' } })).toBe('wrapper')
  expect(roleOf({ attributes: { 'agent.span.kind': 'AGENT_TASK' } })).toBe('wrapper')
  expect(roleOf({ attributes: { 'span.type': 'claude_code.interaction' } })).toBe('wrapper')
})

test('policies, requests for tools and prompts use no tokens', () => {
  expect(roleOf({ name: 'agt.policy.evaluate' })).toBeUndefined()
  expect(roleOf({ name: 'agt.trust.verify' })).toBeUndefined()
  expect(roleOf({ attributes: { 'mcp.method.name': 'tools/call' } })).toBeUndefined()
})
