import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Operation, operations } from './operation.ts'
import { type AttributeSpec, recognised, type SpanSpec } from './recognised.fixture.ts'

function operationOf(attributes: Readonly<Record<string, AttributeSpec>>, spec: SpanSpec = {}) {
  return recognised({ ...spec, attributes })?.operation
}

test.each<[operation: Operation, words: string]>([
  ['chat', 'chat generate_content generate response llm_call llm_request acompletion responses'],
  ['chat', 'aresponses anthropic_messages chat.completions chat.streaming_completions'],
  ['completion', 'text_completion text_completions atext_completion text.completions'],
  ['embeddings', 'embeddings aembedding'],
  ['image', 'image'],
  ['speech', 'speech speech_generation text_to_speech audio'],
  ['transcription', 'transcription speech_to_text'],
  ['execute_tool', 'execute_tool tool_call'],
  ['invoke_agent', 'invoke_agent agent_call agent agent_run'],
  ['create_agent', 'create_agent'],
  ['agent_step', 'agent_step execute_event_loop_cycle turn'],
  ['invoke_workflow', 'invoke_workflow invoke_swarm invoke_graph'],
  ['task', 'execute_task task'],
  ['plan', 'plan'],
  ['retrieval', 'retrieval vectordb vector_db_retrieve'],
  ['rerank', 'rerank'],
  ['memory', 'search_memory create_memory update_memory upsert_memory delete_memory'],
  ['memory', 'create_memory_store delete_memory_store'],
  ['guardrail', 'guardrail_check apply_guardrail'],
  ['evaluator', 'experiment'],
  ['delegation', 'agent_handoff handoff'],
  ['mcp_request', 'mcp_tool_call mcp_tool_list'],
  ['chain', 'user_prompt system_prompt schedule_tool_calls framework'],
  ['other', 'fetch_response frobnicate chatty CHATS'],
])('gen_ai.operation.name says %s with %s', (operation, words) => {
  for (const word of words.split(' ')) {
    expect([word, operationOf({ 'gen_ai.operation.name': word })]).toEqual([word, operation])
  }
})

const kinds: readonly [key: string, word: AttributeSpec, operation: Operation][] = [
  ['openinference.span.kind', 'LLM', 'chat'],
  ['openinference.span.kind', 'EMBEDDING', 'embeddings'],
  ['openinference.span.kind', 'CHAIN', 'chain'],
  ['openinference.span.kind', 'RETRIEVER', 'retrieval'],
  ['openinference.span.kind', 'RERANKER', 'rerank'],
  ['openinference.span.kind', 'TOOL', 'execute_tool'],
  ['openinference.span.kind', 'AGENT', 'invoke_agent'],
  ['openinference.span.kind', 'GUARDRAIL', 'guardrail'],
  ['openinference.span.kind', 'EVALUATOR', 'evaluator'],
  ['openinference.span.kind', 'PROMPT', 'prompt_render'],
  ['openinference.span.kind', 'UNKNOWN', 'other'],
  ['openinference.span.kind', 'llm', 'chat'],
  ['traceloop.span.kind', 'workflow', 'invoke_workflow'],
  ['traceloop.span.kind', 'task', 'task'],
  ['traceloop.span.kind', 'agent', 'invoke_agent'],
  ['traceloop.span.kind', 'tool', 'execute_tool'],
  ['traceloop.span.kind', 'handoff', 'delegation'],
  ['traceloop.span.kind', 'session', 'other'],
  ['llm.request.type', 'chat', 'chat'],
  ['llm.request.type', 'completion', 'completion'],
  ['llm.request.type', 'embedding', 'embeddings'],
  ['llm.request.type', 'rerank', 'rerank'],
  ['llm.request.type', 'unknown', 'other'],
  ['ai.operationId', 'ai.generateText', 'invoke_agent'],
  ['ai.operationId', 'ai.streamText', 'invoke_agent'],
  ['ai.operationId', 'ai.generateObject', 'invoke_agent'],
  ['ai.operationId', 'ai.streamObject', 'invoke_agent'],
  ['ai.operationId', 'ai.generateText.doGenerate', 'chat'],
  ['ai.operationId', 'ai.streamText.doStream', 'chat'],
  ['ai.operationId', 'ai.generateObject.doGenerate', 'chat'],
  ['ai.operationId', 'ai.streamObject.doStream', 'chat'],
  ['ai.operationId', 'ai.embed', 'chain'],
  ['ai.operationId', 'ai.embed.doEmbed', 'embeddings'],
  ['ai.operationId', 'ai.embedMany.doEmbed', 'embeddings'],
  ['ai.operationId', 'ai.rerank.doRerank', 'rerank'],
  ['ai.operationId', 'ai.toolCall', 'execute_tool'],
  ['operation.name', 'ai.streamText.doStream support bot', 'chat'],
  ['langfuse.observation.type', 'generation', 'chat'],
  ['langfuse.observation.type', 'embedding', 'embeddings'],
  ['langfuse.observation.type', 'event', 'other'],
  ['langfuse.observation.type', 'agent', 'invoke_agent'],
  ['langfuse.observation.type', 'tool', 'execute_tool'],
  ['langfuse.observation.type', 'chain', 'chain'],
  ['langfuse.observation.type', 'retriever', 'retrieval'],
  ['langfuse.observation.type', 'guardrail', 'guardrail'],
  ['langfuse.observation.type', 'evaluator', 'evaluator'],
  ['langsmith.span.kind', 'llm', 'chat'],
  ['langsmith.span.kind', 'chain', 'chain'],
  ['langsmith.span.kind', 'tool', 'execute_tool'],
  ['langsmith.span.kind', 'retriever', 'retrieval'],
  ['langsmith.span.kind', 'embedding', 'embeddings'],
  ['langsmith.span.kind', 'prompt', 'prompt_render'],
  ['langsmith.span.kind', 'parser', 'chain'],
  ['span.type', 'claude_code.interaction', 'invoke_agent'],
  ['span.type', 'claude_code.llm_request', 'chat'],
  ['span.type', 'claude_code.tool', 'execute_tool'],
  ['span.type', 'claude_code.tool.execution', 'chain'],
  ['span.type', 'claude_code.tool.blocked_on_user', 'policy_check'],
  ['span.type', 'claude_code.hook', 'chain'],
  ['agent.span.kind', 'AGENT_TASK', 'task'],
  ['agent.span.kind', 'TOOL_CALL', 'execute_tool'],
  ['agent.span.kind', 'LLM_INFERENCE', 'chat'],
  ['agent.span.kind', 'DELEGATION', 'delegation'],
  ['agent.span.kind', 'POLICY_CHECK', 'policy_check'],
  ['agent.sre.span.kind', 'agent_task', 'task'],
  ['agent.sre.span.kind', 'tool_call', 'execute_tool'],
  ['agent.sre.span.kind', 'llm_inference', 'chat'],
  ['agent.sre.span.kind', 'delegation', 'delegation'],
  ['agent.sre.span.kind', 'policy_check', 'policy_check'],
  ['agent.sre.span.kind', 'internal', 'chain'],
  ['mastra.span.type', 'agent_run', 'invoke_agent'],
  ['mastra.span.type', 'model_generation', 'chat'],
  ['mastra.span.type', 'model_step', 'agent_step'],
  ['mastra.span.type', 'model_chunk', 'chain'],
  ['mastra.span.type', 'tool_call', 'execute_tool'],
  ['mastra.span.type', 'mcp_tool_call', 'execute_tool'],
  ['mastra.span.type', 'rag_embedding', 'embeddings'],
  ['mastra.span.type', 'provider_tool_call', 'execute_tool'],
  ['mastra.span.type', 'workflow_run', 'invoke_workflow'],
  ['mastra.span.type', 'workflow_step', 'chain'],
  ['mlflow.spanType', '"CHAT_MODEL"', 'chat'],
  ['mlflow.spanType', '"LLM"', 'completion'],
  ['mlflow.spanType', 'EMBEDDING', 'embeddings'],
  ['mlflow.spanType', '"TOOL"', 'execute_tool'],
  ['mlflow.spanType', '"AGENT"', 'invoke_agent'],
  ['mlflow.spanType', '"CHAIN"', 'chain'],
  ['mlflow.spanType', '"RETRIEVER"', 'retrieval'],
  ['mlflow.spanType', '"RERANKER"', 'rerank'],
  ['mlflow.spanType', '"PARSER"', 'chain'],
  ['mlflow.spanType', '"WORKFLOW"', 'invoke_workflow'],
  ['mlflow.spanType', '"TASK"', 'task'],
  ['mlflow.spanType', '"MEMORY"', 'memory'],
  ['mlflow.spanType', '"EVALUATOR"', 'evaluator'],
  ['mlflow.spanType', '"GUARDRAIL"', 'guardrail'],
  ['genkit:metadata:subtype', 'model', 'chat'],
  ['genkit:metadata:subtype', 'embedder', 'embeddings'],
  ['genkit:metadata:subtype', 'tool', 'execute_tool'],
  ['genkit:metadata:subtype', 'retriever', 'retrieval'],
  ['genkit:metadata:subtype', 'evaluator', 'evaluator'],
  ['genkit:type', 'flow', 'invoke_workflow'],
  ['genkit:type', 'action', 'other'],
  ['lmnr.span.type', 'LLM', 'chat'],
  ['lmnr.span.type', 'TOOL', 'execute_tool'],
  ['lmnr.span.type', 'EVALUATOR', 'evaluator'],
  ['lmnr.span.type', 'DEFAULT', 'other'],
  ['lmnr.span.type', 'CACHED', 'other'],
  ['spring.ai.kind', 'chat_client', 'chain'],
  ['spring.ai.kind', 'tool_call', 'execute_tool'],
  ['spring.ai.kind', 'vector_store', 'retrieval'],
  ['mcp.method.name', 'tools/list', 'mcp_request'],
  ['gen_ai.tool.name', 'search', 'execute_tool'],
  ['gen_ai.tool.call.id', 'call_1', 'execute_tool'],
  ['gen_ai.tool.name', 'transfer_to_billing', 'delegation'],
  ['gen_ai.tool.name', 'transfer_back_to_triage', 'delegation'],
  ['gen_ai.tool.name', 'handoff_to_agent', 'delegation'],
  ['gen_ai.tool.name', 'transfer_money', 'execute_tool'],
  ['gen_ai.guardrail.name', 'pii', 'guardrail'],
  ['langgraph.command.goto_node', 'billing', 'delegation'],
  ['gen_ai.request.model', 'gpt-5', 'chat'],
  ['gen_ai.response.model', 'gpt-5', 'chat'],
  ['llm.model_name', 'gpt-5', 'chat'],
  ['embedding.model_name', 'text-embedding-3', 'embeddings'],
  ['reranker.model_name', 'rerank-v3', 'rerank'],
]

test.each(kinds)('%s=%s alone is %s', (key, word, operation) => {
  expect(operationOf({ [key]: word })).toBe(operation)
})

test.each<[scope: string, name: string, operation: Operation]>([
  ['gcp.vertex.agent', 'invocation', 'invoke_workflow'],
  ['gcp.vertex.agent', 'agent_run [weather]', 'invoke_agent'],
  ['gcp.vertex.agent', 'invoke_agent weather', 'invoke_agent'],
  ['gcp.vertex.agent', 'call_llm', 'chat'],
  ['gcp.vertex.agent', 'generate_content gemini-2.5-flash', 'chat'],
  ['gcp.vertex.agent', 'execute_tool get_time', 'execute_tool'],
  ['gcp.vertex.agent', 'send_data', 'other'],
  ['strands.telemetry.tracer', 'execute_event_loop_cycle', 'agent_step'],
  ['strands.telemetry.tracer', 'invoke_swarm', 'invoke_workflow'],
  ['strands.telemetry.tracer', 'invoke_graph', 'invoke_workflow'],
  ['strands.telemetry.tracer', 'mcp tools/call calc', 'mcp_request'],
  ['pydantic-ai', 'agent run', 'invoke_agent'],
  ['pydantic-ai', 'running tool', 'execute_tool'],
  ['pydantic-ai', 'running tool: search', 'execute_tool'],
  ['pydantic-ai', 'running 3 tools', 'chain'],
  ['pydantic-ai', 'chat gpt-4o', 'chat'],
  ['pydantic-evals', 'evaluate answers', 'evaluator'],
  ['pydantic-evals', 'case: first', 'chain'],
  ['agent_framework', 'workflow.run', 'invoke_workflow'],
  ['agent_framework', 'workflow.build', 'chain'],
  ['agent_framework', 'executor.process writer', 'chain'],
  ['agent_framework', 'message.send', 'chain'],
  ['livekit-agents', 'agent_turn', 'invoke_agent'],
  ['livekit-agents', 'llm_request', 'chat'],
  ['livekit-agents', 'llm_request_run', 'chain'],
  ['livekit-agents', 'function_tool', 'execute_tool'],
  ['logfire.openai_agents', "Agent run: 'Triage'", 'invoke_agent'],
  ['logfire.openai_agents', 'Task: refund', 'task'],
  ['logfire.openai_agents', 'Turn 2', 'agent_step'],
  ['logfire.openai_agents', 'Function: lookup', 'execute_tool'],
  ['logfire.openai_agents', "Responses API with 'gpt-5'", 'chat'],
  ['logfire.openai', "Chat Completion with 'gpt-4o'", 'chat'],
  ['logfire.openai', "streaming response from 'gpt-4o' took 1.20s", 'chat'],
  ['logfire.claude_agent_sdk', 'claude.conversation', 'invoke_agent'],
  ['traceloop.tracer', 'openai.response', 'chat'],
  ['traceloop.tracer', 'gpt-4o.llm', 'chat'],
  ['traceloop.tracer', 'weather.tool', 'execute_tool'],
  ['traceloop.tracer', 'Researcher.agent', 'invoke_agent'],
  ['traceloop.tracer', 'tools/list.mcp', 'mcp_request'],
  ['litellm', 'guardrail', 'guardrail'],
  ['@flue/opentelemetry', 'flue.task', 'delegation'],
  ['fastmcp', 'delegate add', 'chain'],
])('in the scope %s a span named %s is %s', (scope, name, operation) => {
  expect(recognised({ scope, name })?.operation).toBe(operation)
})

test('bare kinds of Claude Code and VoltAgent are read only where the dialect is known', () => {
  const interaction = { 'span.type': 'interaction' }
  const llm = { 'span.type': 'llm' }
  expect(operationOf(interaction, { scope: 'com.anthropic.claude_code' })).toBe('invoke_agent')
  expect(operationOf(llm, { scope: 'com.anthropic.claude_code' })).toBe('other')
  expect(operationOf({ ...llm, 'voltagent.operation_id': 'o' })).toBe('chat')
  expect(operationOf({ ...llm, 'gen_ai.tool.name': 'x' })).toBe('execute_tool')
})

test('a child of an agent of VoltAgent is what its own kind says, even if nobody knows it', () => {
  const agent = { 'voltagent.operation_id': 'o', 'entity.type': 'agent' }
  expect(operationOf(agent)).toBe('invoke_agent')
  expect(operationOf({ ...agent, 'span.type': 'memory' })).toBe('memory')
  expect(operationOf({ ...agent, 'span.type': 'summary' })).toBe('other')
})

test('what the SDK of Anthropic asks its API besides messages is no chat, though it has a model', () => {
  const scope = 'com.anthropic.sdk.typescript'
  const model = { 'gen_ai.request.model': 'claude-sonnet-5' }
  const create = { ...model, 'gen_ai.operation.name': 'chat' }
  expect(operationOf(create, { scope, name: 'anthropic.messages.create' })).toBe('chat')
  expect(operationOf(model, { scope, name: 'anthropic.messages.count_tokens' })).toBe('other')
  expect(operationOf(model, { scope, name: 'anthropic.agents.create' })).toBe('other')
})

test('the kind of a framework comes before the operation, and that before a kind of request', () => {
  const operation = { 'gen_ai.operation.name': 'chat' }
  expect(operationOf({ ...operation, 'langfuse.observation.type': 'tool' })).toBe('execute_tool')
  expect(operationOf({ ...operation, 'agent.span.kind': 'AGENT_TASK' })).toBe('task')
  expect(operationOf({ ...operation, 'openinference.span.kind': 'RETRIEVER' })).toBe('retrieval')
  expect(operationOf({ ...operation, 'llm.request.type': 'embedding' })).toBe('chat')
})

test('what says nothing lets the next one speak', () => {
  const operation = { 'gen_ai.operation.name': 'invoke_agent' }
  expect(operationOf({ ...operation, 'langfuse.observation.type': 'span' })).toBe('invoke_agent')
  expect(operationOf({ ...operation, 'openinference.span.kind': 'UNKNOWN' })).toBe('invoke_agent')
  expect(operationOf({ ...operation, 'openinference.span.kind': '' })).toBe('invoke_agent')
  expect(operationOf({ ...operation, 'lmnr.span.type': 'DEFAULT' })).toBe('invoke_agent')
  expect(operationOf({ ...operation, 'traceloop.span.kind': 'server' })).toBe('invoke_agent')
})

test('a chain is what somebody else calls it, by an attribute or its name', () => {
  const chain = { 'openinference.span.kind': 'CHAIN' }
  expect(operationOf({ ...chain, 'ai.operationId': 'ai.generateText' })).toBe('invoke_agent')
  expect(operationOf(chain, { name: 'Crew_1.kickoff' })).toBe('invoke_workflow')
  expect(operationOf(chain, { name: 'mcp_tools' })).toBe('mcp_request')
  expect(operationOf({ ...chain, 'gen_ai.request.model': 'gpt-5' })).toBe('chain')
})

test('a wrapper around embeddings is no call, though it names a model', () => {
  expect(operationOf({ 'ai.operationId': 'ai.embed', 'ai.model.id': 'm' })).toBe('chain')
})

test('completion is a chat to LiteLLM and a completion to OpenLLMetry', () => {
  const attributes = { 'llm.request.type': 'completion' }
  expect(operationOf(attributes, { scope: 'litellm' })).toBe('chat')
  expect(operationOf(attributes, { scope: 'traceloop.tracer' })).toBe('completion')
})

test('a handoff that OpenInference calls a tool is a delegation, by the name of its span', () => {
  const attributes = { 'openinference.span.kind': 'TOOL' }
  expect(operationOf(attributes, { name: 'handoff to Billing' })).toBe('delegation')
  expect(operationOf(attributes, { name: 'handoff' })).toBe('execute_tool')
})

test('a generation of an old SDK of Langfuse is known by its model', () => {
  const span = { 'langfuse.observation.type': 'span' }
  expect(operationOf({ ...span, 'langfuse.observation.model.name': 'gpt-4o' })).toBe('chat')
  expect(operationOf(span)).toBe('other')
})

const spelt = new Set([
  ...'chat generate_content generate response llm_call llm_request acompletion responses'.split(
    ' ',
  ),
  ...'aresponses anthropic_messages chat.completions chat.streaming_completions'.split(' '),
  ...'model_generation'.split(' '),
])
const silent = new Set(['', 'none', 'null', 'undefined', 'n/a'])

test('an unknown operation is never a chat, whatever model it names', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => {
    const plain = text.replaceAll('"', '').trim().toLowerCase()
    return !spelt.has(plain) && !silent.has(plain)
  })
  const others = fc.dictionary(
    fc.constantFrom('gen_ai.request.model', 'llm.model_name', 'ai.model.id', 'gen_ai.system'),
    fc.constantFrom('gpt-5', 'openai'),
  )
  fc.assert(
    fc.property(word, others, fc.constantFrom('chat gpt-5', 'x.chat', 'y'), (said, rest, name) => {
      const operation = operationOf({ ...rest, 'gen_ai.operation.name': said }, { name })
      expect(operation).not.toBe('chat')
      expect(operation).toBeDefined()
    }),
  )
})

test('any attributes of any kind give an operation or nothing', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
  )
  const keys = fc.constantFrom(...kinds.map(([key]) => key))
  fc.assert(
    fc.property(fc.dictionary(keys, value), fc.string(), fc.string(), (attributes, scope, name) => {
      const found = recognised({ scope, name, attributes })
      expect([...operations, undefined]).toContain(found?.operation)
    }),
  )
})
