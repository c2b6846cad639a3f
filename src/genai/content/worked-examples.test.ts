import { expect, test } from 'vitest'
import { aLogRecord, aSpan } from './content.fixture.ts'
import { retrievedDocuments } from './documents.ts'
import { logMessages } from './log-messages.ts'
import type { Message, Part, Role } from './message.ts'
import { inputMessages, outputMessages, systemInstructions } from './messages.ts'
import { toolArguments, toolResult } from './tool-call-content.ts'
import { listedTools, offeredTools } from './tool-definitions.ts'

test('5.1 messages and tools of the GenAI conventions', () => {
  const span = aSpan({
    'gen_ai.operation.name': 'chat',
    'gen_ai.tool.definitions':
      '[{"type":"function","name":"get_order","description":"Look up an order","parameters":{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}}]',
    'gen_ai.input.messages':
      '[{"role":"user","parts":[{"type":"text","content":"Where is order 42?"}]}]',
    'gen_ai.output.messages':
      '[{"role":"assistant","parts":[{"type":"tool_call","id":"call_1","name":"get_order","arguments":{"id":"42"}}],"finish_reason":"tool_call"}]',
  })
  expect(inputMessages(span)).toEqual({
    messages: [aMessage('user', text('Where is order 42?'))],
    truncated: false,
    source: 'attribute',
  })
  expect(outputMessages(span).messages).toEqual([
    {
      ...aMessage('assistant', aCall('call_1', 'get_order', { id: '42' })),
      finishReason: 'tool_call',
    },
  ])
  expect(offeredTools(span)).toEqual([
    {
      name: 'get_order',
      type: 'function',
      description: 'Look up an order',
      inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      outputSchema: undefined,
      schemaKnown: true,
      strict: undefined,
      providerToolId: undefined,
      annotations: undefined,
      origin: 'offered',
    },
  ])
})

test('5.2 content in span events', () => {
  const span = aSpan({ 'gen_ai.system': 'openai' }, [
    {
      name: 'gen_ai.content.prompt',
      attributes: { 'gen_ai.prompt': '[{"role":"user","content":"hi"}]' },
    },
    {
      name: 'gen_ai.content.completion',
      attributes: { 'gen_ai.completion': '[{"role":"assistant","content":"hello"}]' },
    },
  ])
  expect(inputMessages(span)).toEqual({
    messages: [aMessage('user', text('hi'))],
    truncated: false,
    source: 'span_event',
  })
  expect(outputMessages(span)).toEqual({
    messages: [aMessage('assistant', text('hello'))],
    truncated: false,
    source: 'span_event',
  })
})

test('5.3 messages as log records with structured bodies', () => {
  const user = aLogRecord({
    eventName: 'gen_ai.user.message',
    body: { content: [{ text: 'Summarise the contract' }] },
    attributes: { 'gen_ai.system': 'aws.bedrock' },
  })
  const choice = aLogRecord({
    eventName: 'gen_ai.choice',
    body: {
      index: 0,
      finish_reason: 'end_turn',
      message: { role: 'assistant', content: [{ text: 'The contract …' }] },
    },
    attributes: { 'gen_ai.system': 'aws.bedrock' },
  })
  expect(logMessages(user)).toEqual({
    input: [aMessage('user', text('Summarise the contract'))],
    output: [],
    system: [],
    truncated: false,
  })
  expect(logMessages(choice)).toEqual({
    input: [],
    output: [{ ...aMessage('assistant', text('The contract …')), finishReason: 'end_turn' }],
    system: [],
    truncated: false,
  })
})

test('5.4 flattened messages and tools of OpenInference', () => {
  const span = aSpan({
    'llm.input_messages.0.message.role': 'system',
    'llm.input_messages.0.message.content': 'You are terse.',
    'llm.input_messages.1.message.role': 'user',
    'llm.input_messages.1.message.contents.0.message_content.type': 'text',
    'llm.input_messages.1.message.contents.0.message_content.text': 'Weather in Rome?',
    'llm.output_messages.0.message.role': 'assistant',
    'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'toolu_1',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'weather',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"city":"Rome"}',
    'llm.tools.0.tool.json_schema':
      '{"name":"weather","description":"d","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}',
  })
  expect(systemInstructions(span).messages).toEqual([aMessage('system', text('You are terse.'))])
  expect(inputMessages(span)).toEqual({
    messages: [
      aMessage('system', text('You are terse.')),
      aMessage('user', text('Weather in Rome?')),
    ],
    truncated: false,
    source: 'flattened',
  })
  expect(outputMessages(span).messages).toEqual([
    aMessage('assistant', aCall('toolu_1', 'weather', { city: 'Rome' })),
  ])
  expect(offeredTools(span)).toMatchObject([
    {
      name: 'weather',
      description: 'd',
      inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
      schemaKnown: true,
    },
  ])
})

test('5.6 flattened messages and functions of OpenLLMetry', () => {
  const span = aSpan({
    'gen_ai.prompt.0.role': 'user',
    'gen_ai.prompt.0.content': '2+2?',
    'llm.request.functions.0.name': 'calc',
    'llm.request.functions.0.description': 'calculator',
    'llm.request.functions.0.parameters':
      '{"type":"object","properties":{"expr":{"type":"string"}}}',
    'gen_ai.completion.0.role': 'assistant',
    'gen_ai.completion.0.finish_reason': 'tool_calls',
    'gen_ai.completion.0.tool_calls.0.id': 'call_9',
    'gen_ai.completion.0.tool_calls.0.name': 'calc',
    'gen_ai.completion.0.tool_calls.0.arguments': '{"expr":"2+2"}',
  })
  expect(inputMessages(span).messages).toEqual([aMessage('user', text('2+2?'))])
  expect(outputMessages(span).messages).toEqual([
    {
      ...aMessage('assistant', aCall('call_9', 'calc', { expr: '2+2' })),
      finishReason: 'tool_calls',
    },
  ])
  expect(offeredTools(span)).toMatchObject([
    {
      name: 'calc',
      description: 'calculator',
      inputSchema: { type: 'object', properties: { expr: { type: 'string' } } },
    },
  ])
})

test('5.8 wrapper, call and tool of the AI SDK 5', () => {
  const wrapper = aSpan({ 'ai.prompt': '{"prompt":"refund?"}', 'ai.response.finishReason': 'stop' })
  const call = aSpan({
    'ai.prompt.messages': '[{"role":"user","content":[{"type":"text","text":"refund?"}]}]',
    'ai.prompt.tools': [
      '{"type":"function","name":"lookup","description":"x","inputSchema":{"type":"object","properties":{}}}',
    ],
    'ai.response.finishReason': 'stop',
    'ai.response.text': 'Sure',
  })
  const tool = aSpan({ 'ai.toolCall.args': '{"id":1}', 'ai.toolCall.result': '{"ok":true}' })
  expect(inputMessages(wrapper).messages).toEqual([aMessage('user', text('refund?'))])
  expect(outputMessages(wrapper).messages).toEqual([])
  expect(inputMessages(call).messages).toEqual([aMessage('user', text('refund?'))])
  expect(outputMessages(call).messages).toEqual([
    { ...aMessage('assistant', text('Sure')), finishReason: 'stop' },
  ])
  expect(offeredTools(call)).toMatchObject([
    { name: 'lookup', inputSchema: { type: 'object', properties: {} }, schemaKnown: true },
  ])
  expect(toolArguments(tool)).toEqual({ value: { id: 1 }, truncated: false })
  expect(toolResult(tool)).toEqual({ value: { ok: true }, truncated: false, isError: undefined })
})

test('5.9 tools of the AI SDK 7, one of them the provider’s', () => {
  const span = aSpan({
    'gen_ai.tool.definitions':
      '[{"type":"function","name":"lookup","inputSchema":{"type":"object"}},{"type":"provider","name":"mcp","id":"openai.mcp"}]',
  })
  expect(offeredTools(span)).toMatchObject([
    { name: 'lookup', type: 'function', inputSchema: { type: 'object' }, schemaKnown: true },
    { name: 'mcp', type: 'provider', providerToolId: 'openai.mcp', schemaKnown: false },
  ])
})

test('5.10 the final result, the tools and the arguments of pydantic-ai', () => {
  const agent = aSpan({ 'gen_ai.operation.name': 'invoke_agent', final_result: 'done' })
  const chat = aSpan({
    model_request_parameters:
      '{"function_tools":[{"name":"search","description":"s","parameters_json_schema":{"type":"object","properties":{"q":{"type":"string"}}}}],"output_tools":[]}',
  })
  const tool = aSpan({ 'gen_ai.tool.call.arguments': '{"q":1}' })
  expect(outputMessages(agent).messages).toEqual([aMessage('assistant', text('done'))])
  expect(offeredTools(chat)).toMatchObject([
    { name: 'search', inputSchema: { type: 'object', properties: { q: { type: 'string' } } } },
  ])
  expect(toolArguments(tool).value).toEqual({ q: 1 })
})

test('5.11 the whole list of an MCP server', () => {
  const span = aSpan({
    'rpc.method': 'tools/list',
    request: '{"method":"tools/list","params":null}',
    response:
      '{"tools":[{"name":"add","description":"Add","inputSchema":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"]},"outputSchema":{"type":"object"}}],"nextCursor":null}',
  })
  expect(listedTools(span)).toMatchObject({
    tools: [
      {
        name: 'add',
        description: 'Add',
        inputSchema: {
          type: 'object',
          properties: { a: { type: 'integer' }, b: { type: 'integer' } },
          required: ['a', 'b'],
        },
        outputSchema: { type: 'object' },
        origin: 'mcp_list',
      },
    ],
    isComplete: true,
  })
})

test('5.13 the documents of a LangChain retriever', () => {
  const span = aSpan({
    'langsmith.span.kind': 'retriever',
    'gen_ai.completion':
      '{"documents":[{"page_content":"Rome is …","metadata":{"source":"a.md"}}]}',
  })
  expect(retrievedDocuments(span)).toEqual({
    documents: [
      { id: undefined, content: 'Rome is …', score: undefined, metadata: { source: 'a.md' } },
    ],
    truncated: false,
    source: 'attribute',
  })
})

test('5.14 request and response of ADK in blobs', () => {
  const span = aSpan({
    'gcp.vertex.agent.llm_request':
      '{"model":"gemini-2.5-flash","config":{"system_instruction":"Be kind","tools":[{"function_declarations":[{"name":"get_time","description":"t","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}}}}]}]},"contents":[{"role":"user","parts":[{"text":"time in Oslo?"}]}]}',
    'gcp.vertex.agent.llm_response':
      '{"content":{"role":"model","parts":[{"functionCall":{"name":"get_time","args":{"city":"Oslo"}}}]},"usage_metadata":{"prompt_token_count":300}}',
  })
  expect(systemInstructions(span).messages).toEqual([aMessage('system', text('Be kind'))])
  expect(inputMessages(span).messages).toEqual([
    aMessage('system', text('Be kind')),
    aMessage('user', text('time in Oslo?')),
  ])
  expect(outputMessages(span).messages).toEqual([
    aMessage('assistant', aCall(undefined, 'get_time', { city: 'Oslo' })),
  ])
  expect(offeredTools(span)).toMatchObject([
    {
      name: 'get_time',
      inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
    },
  ])
})

test('5.15 blocks of Bedrock in the span events of Strands', () => {
  const agent = aSpan({ 'gen_ai.agent.tools': '["calc"]' })
  const chat = aSpan({ 'gen_ai.operation.name': 'chat' }, [
    { name: 'gen_ai.user.message', attributes: { content: '[{"text":"12*7?"}]' } },
    {
      name: 'gen_ai.choice',
      attributes: {
        finish_reason: 'tool_use',
        message: '[{"toolUse":{"toolUseId":"tu_1","name":"calc","input":{"e":"12*7"}}}]',
      },
    },
  ])
  expect(offeredTools(agent)).toMatchObject([{ name: 'calc', schemaKnown: false }])
  expect(inputMessages(chat).messages).toEqual([aMessage('user', text('12*7?'))])
  expect(outputMessages(chat).messages).toEqual([
    { ...aMessage('assistant', aCall('tu_1', 'calc', { e: '12*7' })), finishReason: 'tool_use' },
  ])
})

test('5.20 input and output of a Langfuse generation', () => {
  const span = aSpan({
    'langfuse.observation.input': '[{"role":"user","content":"hi"}]',
    'langfuse.observation.output': 'hello',
  })
  expect(inputMessages(span).messages).toEqual([aMessage('user', text('hi'))])
  expect(outputMessages(span).messages).toEqual([aMessage('assistant', text('hello'))])
})

test('5.27 values of MLflow, which are JSON in JSON', () => {
  const span = aSpan({
    'mlflow.spanInputs': '"{\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hi\\"}]}"',
    'mlflow.spanOutputs':
      '{"choices":[{"message":{"role":"assistant","content":"hey"},"finish_reason":"stop"}]}',
  })
  expect(inputMessages(span).messages).toEqual([aMessage('user', text('hi'))])
  expect(outputMessages(span).messages).toEqual([
    { ...aMessage('assistant', text('hey')), finishReason: 'stop' },
  ])
})

function aMessage(role: Role, ...parts: readonly Part[]): Message {
  return { role, name: undefined, parts, finishReason: undefined }
}

function text(content: string): Part {
  return { kind: 'text', content }
}

function aCall(id: string | undefined, name: string, args: Readonly<Record<string, string>>): Part {
  return { kind: 'tool_call', id, name, arguments: args }
}
