import { expect, test } from 'vitest'
import { recognised, type SpanSpec, told } from './recognised.fixture.ts'

const asked: SpanSpec = { attributes: { 'gen_ai.operation.name': 'chat' } }

test.each<[mark: string, value: string | number, dialect: string]>([
  ['gen_ai.operation.name', 'chat', 'otel'],
  ['gen_ai.provider.name', 'openai', 'otel'],
  ['gen_ai.system', 'openai', 'otel'],
  ['gen_ai.usage.prompt_tokens', 4, 'otel'],
  ['openinference.span.kind', 'CHAIN', 'openinference'],
  ['llm.token_count.prompt', 12, 'openinference'],
  ['traceloop.span.kind', 'workflow', 'openllmetry'],
  ['traceloop.entity.name', 'x', 'openllmetry'],
  ['llm.request.type', 'chat', 'openllmetry'],
  ['gen_ai.prompt.0.role', 'user', 'openllmetry'],
  ['gen_ai.is_streaming', 'true', 'openllmetry'],
  ['gen_ai.task.status', 'success', 'openllmetry'],
  ['ai.operationId', 'ai.embed', 'vercel'],
  ['operation.name', 'ai.generateText bot', 'vercel'],
  ['ai.model.id', 'gpt-5', 'vercel'],
  ['langfuse.observation.type', 'span', 'langfuse'],
  ['langfuse.trace.name', 'qa', 'langfuse'],
  ['pydantic_ai.all_messages', '[]', 'pydantic_ai'],
  ['model_request_parameters', '{}', 'pydantic_ai'],
  ['gen_ai.agent.call.id', 'run-1', 'pydantic_ai'],
  ['langsmith.span.kind', 'chain', 'langsmith'],
  ['langsmith.metadata.thread_id', 't', 'langsmith'],
  ['gcp.vertex.agent.invocation_id', 'e-1', 'google_adk'],
  ['gen_ai.system', 'gcp.vertex.agent', 'google_adk'],
  ['gen_ai.system', 'strands-agents', 'strands'],
  ['gen_ai.provider.name', 'strands-agents', 'strands'],
  ['gen_ai.event.start_time', '2026-01-01T00:00:00Z', 'strands'],
  ['gen_ai.provider.name', 'microsoft.agent_framework', 'agent_framework'],
  ['gen_ai.response.finish_reason', 'Stop', 'semantic_kernel'],
  ['sk.available_functions', 'a, b', 'semantic_kernel'],
  ['gen_ai.orchestrator.agent.definitions', '[]', 'openai_agents'],
  ['gen_ai.guardrail.triggered', 'false', 'openai_agents'],
  ['span.type', 'claude_code.tool', 'claude_code'],
  ['anthropic.message.stop_reason', 'end_turn', 'anthropic_sdk'],
  ['gen_ai.application_name', 'bot', 'openlit'],
  ['gen_ai.request.is_stream', 'true', 'openlit'],
  ['mlflow.spanType', '"TOOL"', 'mlflow'],
  ['mlflow.traceRequestId', '"tr-1"', 'mlflow'],
  ['hidden_params', '{}', 'litellm'],
  ['metadata.user_api_key_hash', 'h', 'litellm'],
  ['gen_ai.cost.total_cost', 0.5, 'litellm'],
  ['aws.agentcore.policy.authorization_decision', 'ALLOW', 'agentcore'],
  ['mcp.method.name', 'tools/list', 'mcp'],
  ['rpc.system', 'mcp', 'mcp'],
  ['fastmcp.server.name', 'srv', 'mcp'],
  ['agent.span.kind', 'TOOL_CALL', 'agent_sre'],
  ['agent.sre.span.kind', 'tool_call', 'agent_sre'],
  ['agent.task.success', 'true', 'agent_sre'],
  ['agent.did', 'did:web:a', 'agent_sre'],
  ['agt.policy.action', 'deny', 'agent_governance'],
  ['agt.trust.score', 640, 'agent_governance'],
  ['governance.agent_did', 'did:web:a', 'agent_governance'],
  ['mastra.span.type', 'generic', 'mastra'],
  ['genkit:type', 'action', 'genkit'],
  ['spring.ai.kind', 'advisor', 'spring_ai'],
  ['gen_ai.system', 'spring_ai', 'spring_ai'],
  ['lk.function_tool.name', 'lookup', 'livekit'],
  ['lk.response.ttft', 0.4, 'livekit'],
  ['lmnr.span.type', 'LLM', 'laminar'],
  ['voltagent.operation_id', 'o', 'voltagent'],
  ['gen_ai.agent.name', 'gemini-cli', 'gemini_cli'],
  ['flue.task.id', 't', 'flue'],
])('%s=%s alone tells %3$s', (mark, value, dialect) => {
  expect(recognised({ attributes: { [mark]: value } })?.dialect).toBe(dialect)
})

test.each([
  ['invoke_agent planner', 'otel invoke_agent'],
  ['execute_tool search', 'otel execute_tool'],
  ['invoke_workflow refund', 'otel invoke_workflow'],
  ['ai.generateText', 'vercel invoke_agent'],
  ['ai.streamText.doStream', 'vercel chat'],
  ['litellm_request', 'litellm chat'],
  ['raw_gen_ai_request', 'litellm other'],
  ['AgentCore.Gateway.InvokeTool', 'agentcore execute_tool'],
  ['AgentCore.Gateway.InvokeTool.create_payout', 'agentcore execute_tool'],
  ['AgentCore.Gateway.ListTools', 'agentcore mcp_request'],
  ['AgentCore.Policy.AuthorizeAction', 'agentcore policy_check'],
  ['AgentCore.Policy.PartiallyAuthorizeActions', 'agentcore policy_check'],
  ['MCP request: tools/list', 'logfire mcp_request'],
  ['MCP server handle request: tools/list', 'logfire mcp_request'],
  ['MCP send tools/call weather', 'mcp mcp_request'],
  ['agent_task:book_trip', 'agent_sre task'],
  ['delegation:A->B', 'agent_sre delegation'],
  ['policy_check:spend_limit', 'agent_sre policy_check'],
  ['mesh.governance.policy_decision', 'agent_governance policy_check'],
  ['mesh.governance.trust_evaluation', 'agent_governance trust_check'],
  ['claude_code.tool.blocked_on_user', 'claude_code policy_check'],
])('a span named %s is %s without any attribute', (name, expected) => {
  expect(told({ name })).toBe(expected)
})

test.each<[what: string, spec: SpanSpec]>([
  ['a session of a browser', { attributes: { 'session.id': 's', 'user.id': 'u' } }],
  ['an agent on a host', { attributes: { 'agent.id': 'a', 'agent.name': 'nodejs' } }],
  ['a name of a tool alone', { attributes: { 'tool.name': 'hammer' } }],
  ['a model of anything', { attributes: { model: 'T', 'model.name': 'T' } }],
  ['a kind of span of others', { attributes: { 'span.type': 'llm', 'entity.type': 'agent' } }],
  ['an operation of AgentMesh', { attributes: { 'operation.name': 'ai-review of a deal' } }],
  ['a call of another RPC system', { attributes: { 'rpc.system': 'grpc', 'rpc.method': 'Get' } }],
  [
    'a web request of Logfire',
    { attributes: { 'logfire.span_type': 'span', 'logfire.msg': 'GET' } },
  ],
  ['a span that Langfuse stamped', { attributes: { 'langfuse.environment': 'prod' } }],
  ['a request below a workflow of Traceloop', { attributes: { 'traceloop.workflow.name': 'w' } }],
  ['a chat of people', { name: 'chat message saved' }],
  ['a step of a recipe', { name: 'step 1' }],
  ['a task of Logfire', { scope: 'logfire', name: 'Task: import' }],
  ['what we wrote', { attributes: { 'agent.sre.task.outcome': 'good' } }],
  ['a service in the process of OpenLIT', { resource: { 'telemetry.sdk.name': 'openlit' } }],
  [
    'a name that a plain library gave',
    { scope: 'opentelemetry.instrumentation.celery', name: 'agent_task:mail' },
  ],
])('%s is no span of an agent', (_, spec) => {
  expect(told(spec)).toBe('nothing')
})

test('a scope beats marks, and all dialects that left marks are told, the more telling first', () => {
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'openinference.span.kind': 'AGENT',
    'langfuse.trace.name': 'qa',
  }
  expect(recognised({ scope: 'strands.telemetry.tracer', attributes })).toMatchObject({
    dialect: 'strands',
    also: ['openinference', 'langfuse', 'otel'],
    role: 'cumulative',
  })
  expect(recognised({ attributes })).toMatchObject({
    dialect: 'openinference',
    also: ['langfuse', 'otel'],
  })
})

test('a processor that adds OpenInference to the AI SDK leaves the span its own', () => {
  const attributes = {
    'ai.operationId': 'ai.generateText.doGenerate',
    'openinference.span.kind': 'LLM',
    'llm.token_count.prompt': 8,
  }
  expect(recognised({ scope: 'ai', attributes })).toMatchObject({
    dialect: 'vercel',
    also: ['openinference'],
    operation: 'chat',
  })
})

test('a shared scope is of OpenLLMetry where its attributes say so, else of the conventions', () => {
  const scope = 'opentelemetry.instrumentation.openai_agents'
  const plain = { 'gen_ai.operation.name': 'invoke_agent' }
  const traceloop = { ...plain, 'traceloop.span.kind': 'agent' }
  expect(told({ scope, attributes: plain })).toBe('openai_agents invoke_agent')
  expect(told({ scope, attributes: traceloop })).toBe('openllmetry invoke_agent')
  expect(told({ scope, attributes: { 'http.route': '/' } })).toBe('nothing')
})

test('hints tell whose a span of the plain conventions is', () => {
  const resource = { 'service.name': 'openrouter' }
  expect(told({ ...asked, resource })).toBe('openrouter chat')
  const attributes = { ...asked.attributes, 'logfire.span_type': 'span' }
  expect(told({ attributes })).toBe('logfire chat')
  const below = { ...asked.attributes, 'traceloop.workflow.name': 'w' }
  expect(told({ attributes: below })).toBe('openllmetry chat')
})

test('a placeholder of Logfire is noise in any dialect', () => {
  const attributes = { 'gen_ai.operation.name': 'chat', 'logfire.span_type': 'pending_span' }
  expect(recognised({ scope: 'pydantic-ai', attributes })?.noise).toMatch('placeholder')
  expect(recognised({ ...asked, scope: 'pydantic-ai' })?.noise).toBeUndefined()
  const named = {
    name: 'MCP request: tools/list',
    attributes: { 'logfire.span_type': 'pending_span' },
  }
  expect(recognised(named)?.noise).toMatch('placeholder')
})

test('functions of the A2A transport are noise, unless a span says more', () => {
  expect(recognised({ scope: 'a2a-python-sdk', name: 'a2a.client.send' })?.noise).toMatch(
    'transport',
  )
  expect(recognised({ ...asked, scope: 'a2a-python-sdk' })).toMatchObject({
    operation: 'chat',
    noise: undefined,
  })
})

test('what CrewAI tells its vendor is noise, by scope and by service', () => {
  const name = 'Task Execution'
  const resource = { 'service.name': 'crewAI-telemetry' }
  expect(recognised({ scope: 'crewai.telemetry', name })?.noise).toMatch('vendor')
  expect(recognised({ ...asked, resource })?.noise).toMatch('vendor')
})

test('merged tools of ADK are noise by their tool and by their name', () => {
  const scope = 'gcp.vertex.agent'
  const merged = { 'gen_ai.tool.name': '(merged tools)' }
  expect(recognised({ scope, attributes: merged })?.noise).toMatch('parallel')
  expect(recognised({ scope, name: 'execute_tool (merged)' })?.noise).toMatch('parallel')
  expect(recognised({ scope, name: 'execute_tool merge' })?.noise).toBeUndefined()
})

test('kinds that are no text say nothing and are no chat', () => {
  const model = { 'gen_ai.request.model': 'gpt-5' }
  const kind = 'openinference.span.kind'
  expect(told({ attributes: { ...model, [kind]: 7 } })).toBe('openinference other')
  expect(told({ attributes: { ...model, [kind]: true } })).toBe('openinference other')
  expect(told({ attributes: { ...model, [kind]: ['LLM'] } })).toBe('openinference other')
})

test('texts of 10 MB cost little where a word is looked for', () => {
  const text = 'x'.repeat(10_000_000)
  const attributes = {
    'openinference.span.kind': text,
    'gen_ai.operation.name': text,
    'gen_ai.system': text,
    'gen_ai.tool.name': text,
    'logfire.span_type': text,
    'gen_ai.request.model': text,
  }
  expect(told({ name: text.slice(0, 1_000_000), attributes })).toBe('openinference other')
})
