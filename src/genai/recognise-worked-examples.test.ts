import { expect, test } from 'vitest'
import { recognised, type SpanSpec, told } from './recognised.fixture.ts'

/** `dialect operation role` of a span. */
function found(spec: SpanSpec): string {
  const it = recognised(spec)
  return it === undefined ? 'nothing' : `${it.dialect} ${it.operation} ${it.role}`
}

test('5.1 a call by the newest conventions is a chat that counts', () => {
  const span = {
    scope: 'opentelemetry.util.genai.handler',
    name: 'chat gpt-4.1',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4.1',
    },
  }
  expect(found(span)).toBe('otel chat inference')
})

test('5.2 a call by the conventions of 1.26 is one too, with and without an operation', () => {
  const attributes = {
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.prompt_tokens': 20,
  }
  const scope = 'opentelemetry.instrumentation.openai_v2'
  const withOperation = { ...attributes, 'gen_ai.operation.name': 'chat' }
  expect(found({ scope, name: 'chat gpt-4o', attributes: withOperation })).toBe(
    'otel chat inference',
  )
  expect(found({ scope, name: 'chat gpt-4o', attributes })).toBe('otel chat inference')
})

test('5.3 a call of Bedrock through botocore is a chat', () => {
  const span = {
    scope: 'opentelemetry.instrumentation.botocore.bedrock-runtime',
    name: 'chat us.anthropic.claude-sonnet-4-20250514-v1:0',
    attributes: {
      'rpc.system': 'aws-api',
      'gen_ai.system': 'aws.bedrock',
      'gen_ai.operation.name': 'chat',
    },
  }
  expect(found(span)).toBe('otel chat inference')
})

test('5.4 and 5.5 LLM spans of OpenInference are chats that count', () => {
  const attributes = { 'openinference.span.kind': 'LLM', 'llm.system': 'anthropic' }
  const anthropic = {
    scope: 'openinference.instrumentation.anthropic',
    name: 'Messages',
    attributes,
  }
  const bedrock = {
    scope: 'openinference.instrumentation.bedrock',
    name: 'bedrock.converse',
    attributes,
  }
  expect(found(anthropic)).toBe('openinference chat inference')
  expect(found(bedrock)).toBe('openinference chat inference')
})

test('5.6 the legacy form of OpenLLMetry is a chat', () => {
  const span = {
    scope: 'opentelemetry.instrumentation.openai.v1',
    name: 'openai.chat',
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'traceloop.workflow.name': 'math',
    },
  }
  expect(found(span)).toBe('openllmetry chat inference')
})

test('5.7 what a crew and its agents add up over their lives never counts', () => {
  const scope = 'opentelemetry.instrumentation.crewai'
  const crew = {
    'gen_ai.operation.name': 'invoke_agent',
    'traceloop.span.kind': 'workflow',
    'crewai.crew.token_usage': 'total_tokens=900',
  }
  const agent = {
    'gen_ai.operation.name': 'invoke_agent',
    'traceloop.span.kind': 'agent',
    'gen_ai.agent.name': 'Researcher',
    'gen_ai.usage.input_tokens': 700,
  }
  const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' }
  expect(found({ scope, name: 'crewai.workflow', attributes: crew })).toBe(
    'openllmetry invoke_workflow cumulative',
  )
  expect(found({ scope, name: 'Researcher.agent', attributes: agent })).toBe(
    'openllmetry invoke_agent cumulative',
  )
  expect(found({ scope, name: 'gpt-4o.llm', attributes: call })).toBe('openllmetry chat inference')
})

test('5.8 generateText wraps the call that counts', () => {
  const wrapper = {
    'operation.name': 'ai.generateText support-bot',
    'resource.name': 'support-bot',
    'ai.operationId': 'ai.generateText',
    'ai.model.id': 'claude-sonnet-4-20250514',
  }
  const call = {
    'operation.name': 'ai.generateText.doGenerate support-bot',
    'ai.operationId': 'ai.generateText.doGenerate',
    'gen_ai.system': 'anthropic.messages',
  }
  const tool = {
    'operation.name': 'ai.toolCall support-bot',
    'ai.operationId': 'ai.toolCall',
    'ai.toolCall.name': 'lookup',
  }
  expect(found({ scope: 'ai', name: 'ai.generateText', attributes: wrapper })).toBe(
    'vercel invoke_agent wrapper',
  )
  expect(found({ scope: 'ai', name: 'ai.generateText.doGenerate', attributes: call })).toBe(
    'vercel chat inference',
  )
  expect(told({ scope: 'ai', name: 'ai.toolCall', attributes: tool })).toBe('vercel execute_tool')
})

test('5.9 in version 7 the agent and its steps wrap the chat', () => {
  const operation = (name: string) => ({ 'gen_ai.operation.name': name })
  const of = (name: string, operationName: string) =>
    found({ scope: 'gen_ai', name, attributes: operation(operationName) })
  expect(of('invoke_agent gpt-5', 'invoke_agent')).toBe('vercel invoke_agent wrapper')
  expect(of('step 1', 'agent_step')).toBe('vercel agent_step wrapper')
  expect(of('chat gpt-5', 'chat')).toBe('vercel chat inference')
})

test('5.10 the agent of pydantic-ai wraps, its chat counts, its tool is a tool', () => {
  const scope = 'pydantic-ai'
  const agent = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.aggregated_usage.input_tokens': 500,
    'logfire.msg': 'planner run',
  }
  const call = { 'gen_ai.operation.name': 'chat', 'operation.cost': 0.00165 }
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'pydantic_ai.tool.failure_stage': 'validation',
  }
  expect(found({ scope, name: 'invoke_agent planner', attributes: agent })).toBe(
    'pydantic_ai invoke_agent wrapper',
  )
  expect(found({ scope, name: 'chat gpt-4o', attributes: call })).toBe('pydantic_ai chat inference')
  expect(told({ scope, name: 'execute_tool search', attributes: tool })).toBe(
    'pydantic_ai execute_tool',
  )
})

test('5.11 a list of tools that Logfire asked a server for is an MCP request', () => {
  const attributes = {
    'logfire.span_type': 'span',
    'rpc.system': 'jsonrpc',
    'rpc.method': 'tools/list',
    request: '{"method":"tools/list"}',
  }
  const name = 'MCP request: tools/list'
  expect(told({ scope: 'logfire.mcp', name, attributes })).toBe('logfire mcp_request')
  expect(told({ scope: 'renamed', name, attributes })).toBe('logfire mcp_request')
})

test('5.12 the tool of the framework is a tool, the requests for it are requests', () => {
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'weather' }
  const sent = { 'mcp.method.name': 'tools/call', 'jsonrpc.request.id': '3' }
  const served = { ...sent, ...tool }
  const fast = {
    'rpc.system': 'mcp',
    'rpc.method': 'tools/call',
    'mcp.method.name': 'tools/call',
    'fastmcp.server.name': 'weather-srv',
  }
  expect(told({ scope: 'agent_framework', name: 'execute_tool weather', attributes: tool })).toBe(
    'agent_framework execute_tool',
  )
  const sdk = 'mcp-python-sdk'
  expect(told({ scope: sdk, name: 'MCP send tools/call weather', attributes: sent })).toBe(
    'mcp mcp_request',
  )
  expect(told({ scope: sdk, name: 'tools/call weather', attributes: served })).toBe(
    'mcp execute_tool',
  )
  expect(told({ scope: 'fastmcp', name: 'tools/call weather', attributes: fast })).toBe(
    'mcp mcp_request',
  )
})

test('5.13 a prompt of LangSmith that says chat is no chat, a retriever is no embedding', () => {
  const scope = 'langsmith'
  const of = (kind: string, operation: string) =>
    found({
      scope,
      attributes: { 'langsmith.span.kind': kind, 'gen_ai.operation.name': operation },
    })
  expect(of('prompt', 'chat')).toBe('langsmith prompt_render undefined')
  expect(of('retriever', 'embeddings')).toBe('langsmith retrieval wrapper')
  expect(of('llm', 'chat')).toBe('langsmith chat inference')
})

test('5.14 ADK names its calls; its merged tools are noise', () => {
  const scope = 'gcp.vertex.agent'
  const call = {
    'gen_ai.system': 'gcp.vertex.agent',
    'gen_ai.request.model': 'gemini-2.5-flash',
    'gcp.vertex.agent.invocation_id': 'e-1',
  }
  const merged = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': '(merged tools)',
  }
  expect(found({ scope, name: 'call_llm', attributes: call })).toBe('google_adk chat inference')
  const tools = recognised({ scope, name: 'execute_tool (merged tools)', attributes: merged })
  expect(tools?.noise).toBe('a second span for tools that ran in parallel')
})

test('5.15 the agent of Strands adds up over its life, its chat counts', () => {
  const scope = 'strands.telemetry.tracer'
  const of = (name: string, operation: string) =>
    found({
      scope,
      name,
      attributes: { 'gen_ai.system': 'strands-agents', 'gen_ai.operation.name': operation },
    })
  expect(of('invoke_agent Strands Agents', 'invoke_agent')).toBe('strands invoke_agent cumulative')
  expect(of('chat', 'chat')).toBe('strands chat inference')
})

test('5.16 a chat of the Agent Framework counts', () => {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.response.finish_reasons': '["stop"]',
  }
  expect(found({ scope: 'agent_framework', name: 'chat gemini-2.5-pro', attributes })).toBe(
    'agent_framework chat inference',
  )
})

test('5.17 Claude Code is known by its scope, its service or the prefix of its kind', () => {
  const blocked = { 'span.type': 'tool.blocked_on_user', decision: 'reject' }
  const call = {
    'span.type': 'llm_request',
    'gen_ai.system': 'anthropic',
    'gen_ai.request.model': 'claude-opus-4-6',
  }
  const scope = 'com.anthropic.claude_code.tracing'
  const resource = { 'service.name': 'claude-code' }
  expect(found({ scope, name: 'claude_code.llm_request', attributes: call })).toBe(
    'claude_code chat inference',
  )
  expect(found({ scope, name: 'blocked', attributes: blocked })).toBe(
    'claude_code policy_check undefined',
  )
  expect(found({ resource, name: 'blocked', attributes: blocked })).toBe(
    'claude_code policy_check undefined',
  )
  expect(found({ attributes: { 'span.type': 'claude_code.interaction' } })).toBe(
    'claude_code invoke_agent wrapper',
  )
})

test('5.18 the root of the Claude Agent SDK wraps, so that it may count where nothing below does', () => {
  const scope = 'logfire.claude_agent_sdk'
  const root = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 9000 }
  const call = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.partial.input_tokens': 4500 }
  expect(found({ scope, name: 'invoke_agent', attributes: root })).toBe(
    'logfire invoke_agent wrapper',
  )
  expect(found({ scope, name: 'chat claude-sonnet-4-5', attributes: call })).toBe(
    'logfire chat inference',
  )
})

test('5.19 a handoff is a delegation in each of its dialects', () => {
  const openinference = {
    scope: 'openinference.instrumentation.openai_agents',
    name: 'handoff to Billing',
    attributes: { 'openinference.span.kind': 'TOOL', 'input.value': 'Triage' },
  }
  const contrib = {
    scope: 'opentelemetry.instrumentation.openai_agents',
    name: 'agent_handoff',
    attributes: {
      'gen_ai.operation.name': 'agent_handoff',
      'gen_ai.handoff.to_agent': 'Billing',
      'gen_ai.system': 'openai',
    },
  }
  const logfire = {
    scope: 'logfire.openai_agents',
    name: 'Handoff: Triage → Billing',
    attributes: { from_agent: 'Triage', to_agent: 'Billing', 'gen_ai.system': 'openai' },
  }
  expect(told(openinference)).toBe('openinference delegation')
  expect(told(contrib)).toBe('openai_agents delegation')
  expect(told(logfire)).toBe('logfire delegation')
})

test('5.20 a generation of Langfuse is a chat that counts', () => {
  const attributes = {
    'langfuse.observation.type': 'generation',
    'langfuse.observation.model.name': 'gpt-4o',
    'langfuse.trace.name': 'qa',
    'session.id': 's1',
  }
  expect(found({ scope: 'langfuse-sdk', name: 'answer', attributes })).toBe(
    'langfuse chat inference',
  )
})

test('5.21 the raw request of LiteLLM is a copy; gateway and client are calls', () => {
  const gateway = {
    'gen_ai.operation.name': 'chat',
    'llm.request.type': 'acompletion',
    'gen_ai.cost.total_cost': 0.0031,
    'metadata.user_api_key_team_id': 'team-a',
  }
  const raw = { 'llm.anthropic.model': 'claude-sonnet-4-5-20250929' }
  const client = { 'llm.request.type': 'chat', 'gen_ai.system': 'OpenAI' }
  const scope = 'litellm'
  const seen = recognised({ scope, name: 'litellm_request', attributes: gateway })
  expect(seen).toMatchObject({ dialect: 'litellm', also: ['openllmetry', 'otel'] })
  expect(seen).toMatchObject({ operation: 'chat', role: 'inference' })
  expect(found({ scope, name: 'raw_gen_ai_request', attributes: raw })).toBe('litellm other copy')
  expect(
    found({
      scope: 'opentelemetry.instrumentation.openai.v1',
      name: 'openai.chat',
      attributes: client,
    }),
  ).toBe('openllmetry chat inference')
})

test('5.22 the gateway of AgentCore runs a tool, its policy engine checks', () => {
  const attributes = { 'aws.agentcore.policy.authorization_decision': 'DENY' }
  const gateway = { ...attributes, 'tool.name': 'hr-db___create_payout', 'gateway.name': 'hr-gw' }
  expect(told({ scope: '', name: 'AgentCore.Gateway.InvokeTool', attributes: gateway })).toBe(
    'agentcore execute_tool',
  )
  expect(found({ scope: '', name: 'AgentCore.Policy.AuthorizeAction', attributes })).toBe(
    'agentcore policy_check undefined',
  )
})

test('5.23 Agent-SRE says what its spans are', () => {
  const of = (kind: string, name: string) =>
    told({ scope: 'my-agent', name, attributes: { 'agent.span.kind': kind } })
  expect(of('AGENT_TASK', 'agent_task:book_trip')).toBe('agent_sre task')
  expect(of('DELEGATION', 'delegation:did:web:planner->did:web:flights')).toBe(
    'agent_sre delegation',
  )
  expect(of('POLICY_CHECK', 'policy_check:spend_limit')).toBe('agent_sre policy_check')
  expect(of('LLM_INFERENCE', 'llm_inference:gpt-4o')).toBe('agent_sre chat')
})

test('5.25 a verdict added afterwards is the span of an evaluator', () => {
  const attributes = {
    'openinference.span.kind': 'EVALUATOR',
    'evaluations.0.evaluation.name': 'hallucination',
  }
  const scope = 'openinference.instrumentation.evals'
  expect(told({ scope, name: 'hallucination eval', attributes })).toBe('openinference evaluator')
})

test('5.26 variables of Logfire on a span of the conventions leave it what it is', () => {
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'checkout',
    'logfire.variables.prompt': 'candidate',
  }
  expect(told({ scope: 'my-service', name: 'invoke_agent checkout', attributes })).toBe(
    'otel invoke_agent',
  )
})

test('5.27 the kinds of MLflow stand in quotes', () => {
  const attributes = {
    'mlflow.spanType': '"CHAT_MODEL"',
    'mlflow.llm.model': '"gpt-4o-mini"',
  }
  expect(found({ scope: 'mlflow.openai', name: 'Completions', attributes })).toBe(
    'mlflow chat inference',
  )
})

test('5.28 OpenLIT is known by its scope, its SDK or its attributes', () => {
  const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'anthropic' }
  const name = 'chat claude-3-5-sonnet-latest'
  expect(found({ scope: 'openlit.otel.tracing', name, attributes })).toBe('openlit chat inference')
  expect(found({ resource: { 'telemetry.sdk.name': 'openlit' }, name, attributes })).toBe(
    'openlit chat inference',
  )
  expect(found({ name, attributes: { ...attributes, 'gen_ai.environment': 'prod' } })).toBe(
    'openlit chat inference',
  )
})

test('5.29 AGT checks policies, asks for approval and verifies trust', () => {
  const scope = 'agentmesh.governance'
  const attributes = { 'agt.agent.id': 'a-1' }
  const of = (name: string) => told({ scope, name, attributes })
  expect(of('agt.policy.evaluate')).toBe('agent_governance policy_check')
  expect(of('agt.approval.request')).toBe('agent_governance policy_check')
  expect(of('agt.trust.verify')).toBe('agent_governance trust_check')
})
