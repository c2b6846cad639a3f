import { type Attributes, SpanKind } from '@opentelemetry/api'
import type { AgentStep, ChatStep, Step, ToolStep } from './steps.ts'

/** How a span of OpenTelemetry's conventions for generative AI begins. */
export interface SpanStart {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
}

/** The run that a step belongs to, as its spans name it. */
export interface Session {
  readonly conversation: string
  /** Differs between two runs of one conversation. */
  readonly id: string
}

/** What is known when a step begins. */
export function startOf(step: Step, agentName: string, session: Session): SpanStart {
  switch (step.kind) {
    case 'agent':
      return internal('invoke_agent', step.agent.name, {
        'gen_ai.provider.name': providerOf(step),
        'gen_ai.agent.version': step.agent.version,
      })
    case 'plan':
      return internal('plan', agentName, {})
    case 'tool':
      return step.tool.server === undefined ? ownTool(step) : mcpTool(step, session)
    case 'tool_list':
      return client('tools/list', mcp('tools/list', session))
    case 'chat':
      return inference('chat', step.model, { 'gen_ai.request.stream': true })
    case 'embeddings':
      return inference('embeddings', step.model, {
        'gen_ai.embeddings.dimension.count': step.model.dimensions,
      })
    case 'retrieval':
      return client(`retrieval ${step.source}`, {
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.data_source.id': step.source,
        'gen_ai.retrieval.top_k': step.topK,
      })
  }
}

/** What a step that succeeded adds; `spanId` makes its ids new each time. */
export function resultOf(step: Step, spanId: string): Attributes {
  if (step.kind === 'embeddings') return { 'gen_ai.usage.input_tokens': step.inputTokens }
  return step.kind === 'chat' ? answer(step, spanId) : {}
}

/** What a step is known by whether or not it succeeded. */
export function idOf(step: Step, spanId: string): Attributes {
  if (step.kind === 'tool')
    return { 'gen_ai.tool.call.id': `call-${spanId}`, ...rpcId(step, spanId) }
  return step.kind === 'tool_list' ? { 'jsonrpc.request.id': spanId } : {}
}

function answer(step: ChatStep, spanId: string): Attributes {
  return {
    'gen_ai.response.id': `resp-${spanId}`,
    'gen_ai.response.model': step.model.answered,
    'gen_ai.response.finish_reasons': [step.finishReason],
    'gen_ai.response.time_to_first_chunk': step.firstChunkMs / 1_000,
    'gen_ai.usage.input_tokens': step.inputTokens,
    'gen_ai.usage.cache_read.input_tokens': step.cachedTokens,
    'gen_ai.usage.output_tokens': step.outputTokens,
  }
}

function rpcId({ tool }: ToolStep, spanId: string): Attributes {
  return tool.server === undefined ? {} : { 'jsonrpc.request.id': spanId }
}

function ownTool({ tool }: ToolStep): SpanStart {
  return internal('execute_tool', tool.name, {
    'gen_ai.tool.name': tool.name,
    'gen_ai.tool.type': 'function',
  })
}

/** One span says both: that a tool was called, and that the call went to an MCP server. */
function mcpTool({ tool }: ToolStep, session: Session): SpanStart {
  return client(`tools/call ${tool.name}`, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool.name,
    'gen_ai.tool.type': 'function',
    ...mcp('tools/call', session),
  })
}

function mcp(method: string, { id }: Session): Attributes {
  return {
    'mcp.method.name': method,
    'mcp.session.id': id,
    'mcp.protocol.version': '2025-06-18',
    'network.transport': 'pipe',
  }
}

function inference(
  operation: string,
  model: { readonly provider: string; readonly server: string; readonly requested: string },
  more: Attributes,
): SpanStart {
  return client(`${operation} ${model.requested}`, {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.requested,
    'server.address': model.server,
    ...more,
  })
}

function internal(operation: string, target: string, more: Attributes): SpanStart {
  const attributes = { 'gen_ai.operation.name': operation, ...more }
  return { name: `${operation} ${target}`, kind: SpanKind.INTERNAL, attributes }
}

function client(name: string, attributes: Attributes): SpanStart {
  return { name, kind: SpanKind.CLIENT, attributes }
}

/** Of the first model that the agent itself asked. */
function providerOf({ steps }: AgentStep): string {
  const chat = steps
    .flatMap((it) => (it.kind === 'plan' ? it.steps : [it]))
    .find((it) => it.kind === 'chat')
  return chat?.model.provider ?? '_OTHER'
}
