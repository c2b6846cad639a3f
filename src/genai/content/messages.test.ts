import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxTextBytes } from './bounds.ts'
import { type Attributes, aLogRecord, aSpan, type EventSpec } from './content.fixture.ts'
import { logMessages } from './log-messages.ts'
import { type MessageList, messageText } from './message.ts'
import { inputMessages, outputMessages, systemInstructions } from './messages.ts'

const user = '[{"role":"user","content":"hi"}]'

test('messages in a structured attribute are read as those in JSON are', () => {
  const parts = [{ type: 'text', content: 'hi' }]
  const span = aSpan({ 'gen_ai.input.messages': [{ role: 'user', parts }] })
  expect(said(inputMessages(span))).toEqual(['user: hi'])
})

test('a place that was made for messages counts before one that has the whole input', () => {
  const span = aSpan(
    {
      'input.value': 'everything',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'flattened',
    },
    [{ name: 'gen_ai.user.message', attributes: { content: 'event' } }],
  )
  expect(said(inputMessages(span))).toEqual(['user: flattened'])
})

test('where one place is cut off, a later one that is whole counts', () => {
  const cut = { 'gen_ai.input.messages': '[{"role":"user","content":"hi' }
  expect(inputMessages(aSpan(cut)).truncated).toBe(true)
  const both = aSpan(cut, [{ name: 'gen_ai.user.message', attributes: { content: 'hi there' } }])
  expect(inputMessages(both)).toMatchObject({ truncated: false, source: 'span_event' })
})

test('where content is withheld there are no messages, unless another place has them', () => {
  const withheld = { 'gen_ai.input.messages': '<REDACTED>' }
  expect(inputMessages(aSpan(withheld))).toEqual({
    messages: [],
    truncated: false,
    source: undefined,
  })
  expect(said(inputMessages(aSpan({ ...withheld, 'input.value': 'hi' })))).toEqual(['user: hi'])
})

test.each([
  ['ai.prompt', '{"system":"terse","messages":[{"role":"user","content":"hi"}]}'],
  [
    'request_data',
    '{"model":"m","messages":[{"role":"system","content":"terse"},{"role":"user","content":"hi"}]}',
  ],
  [
    'request_data',
    '{"system":[{"type":"text","text":"terse"}],"messages":[{"role":"user","content":"hi"}]}',
  ],
  ['request_data', '{"instructions":"terse","input":[{"role":"user","content":"hi"}]}'],
  [
    'gen_ai.input.messages',
    '[{"role":"system","parts":[{"type":"text","content":"terse"}]},{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
  ],
  ['lmnr.span.input', '[{"role":"system","content":"terse"},{"role":"user","content":"hi"}]'],
])('%s gives the system prompt and the question', (key, value) => {
  const span = aSpan({ [key]: value })
  expect(said(inputMessages(span))).toEqual(['system: terse', 'user: hi'])
  expect(said(systemInstructions(span))).toEqual(['system: terse'])
})

test.each([
  ['langfuse.trace.input', user],
  ['mastra.agent_run.input', user],
  ['genkit:input', `{"messages":${user}}`],
  ['lk.user_input', 'hi'],
  ['user_prompt', 'hi'],
  ['traceloop.entity.input', '{"inputs":"hi"}'],
  ['input', user],
  ['gen_ai.prompt', `{"messages":[${user}]}`],
])('%s gives the question', (key, value) => {
  expect(said(inputMessages(aSpan({ [key]: value })))).toEqual(['user: hi'])
})

test.each([
  ['response_data', '{"message":{"role":"assistant","content":"yes"},"usage":{"total_tokens":3}}'],
  ['response_data', '{"combined_chunk_content":"yes","chunk_count":2}'],
  ['ai.response.object', 'yes'],
  ['ai.result.text', 'yes'],
  ['lk.response.text', 'yes'],
  ['gen_ai.completion', '{"generations":[[{"text":"yes"}]]}'],
  [
    'output.value',
    '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}]}',
  ],
  ['lmnr.span.output', '[{"role":"assistant","content":"yes"}]'],
  ['traceloop.entity.output', '"yes"'],
])('%s gives the answer', (key, value) => {
  expect(said(outputMessages(aSpan({ [key]: value })))).toEqual(['assistant: yes'])
})

test('an answer in JSON stays the text that it was', () => {
  const answer = '{"city": "Rome",\n "celsius": 21}'
  for (const key of ['ai.response.text', 'ai.response.object', 'final_result']) {
    expect(said(outputMessages(aSpan({ [key]: answer })))).toEqual([`assistant: ${answer}`])
  }
})

test('the answer of the AI SDK is gathered from its attributes', () => {
  const span = aSpan({
    'ai.response.text': 'I look.',
    'ai.response.reasoning': 'hm',
    'ai.response.toolCalls': '[{"toolCallId":"c1","toolName":"lookup","input":"{\\"id\\":1}"}]',
    'ai.response.finishReason': 'tool-calls',
  })
  expect(outputMessages(span).messages).toEqual([
    {
      role: 'assistant',
      name: undefined,
      parts: [
        { kind: 'reasoning', content: 'hm', signature: undefined },
        { kind: 'text', content: 'I look.' },
        { kind: 'tool_call', id: 'c1', name: 'lookup', arguments: { id: 1 } },
      ],
      finishReason: 'tool-calls',
    },
  ])
})

test('the conversation of a pydantic-ai agent is its input up to the answer', () => {
  const all = JSON.stringify([
    { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
    { role: 'assistant', parts: [{ type: 'text', content: 'hello' }] },
  ])
  const span = aSpan({ 'pydantic_ai.all_messages': all })
  expect(said(inputMessages(span))).toEqual(['user: hi'])
  expect(said(outputMessages(span))).toEqual(['assistant: hello'])
})

test('events in a list are messages by their names', () => {
  const span = aSpan({
    events: JSON.stringify([
      { 'event.name': 'gen_ai.system.message', content: 'terse' },
      { 'event.name': 'gen_ai.user.message', content: 'hi', role: 'user' },
      { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', content: 'yes' } },
    ]),
  })
  expect(said(inputMessages(span))).toEqual(['system: terse', 'user: hi'])
  expect(said(outputMessages(span))).toEqual(['assistant: yes'])
})

test('all details events of a span are one conversation', () => {
  const name = 'gen_ai.client.inference.operation.details'
  const message = (role: string, content: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content }] }])
  const span = aSpan({}, [
    { name, attributes: { 'gen_ai.input.messages': message('user', 'hi') } },
    { name, attributes: { 'gen_ai.input.messages': message('user', 'again') } },
    { name, attributes: { 'gen_ai.output.messages': message('assistant', 'yes') } },
    { name, attributes: { 'gen_ai.system_instructions': '[{"type":"text","content":"terse"}]' } },
  ])
  expect(said(inputMessages(span))).toEqual(['user: hi', 'user: again'])
  expect(said(outputMessages(span))).toEqual(['assistant: yes'])
  expect(said(systemInstructions(span))).toEqual(['system: terse'])
})

test('a choice of Strands may have a result of a tool beside the answer', () => {
  const attributes = {
    message: '[{"text":"I look."}]',
    'tool.result':
      '[{"toolResult":{"toolUseId":"t1","status":"success","content":[{"text":"84"}]}}]',
  }
  const { messages } = outputMessages(aSpan({}, [{ name: 'gen_ai.choice', attributes }]))
  expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool'])
  expect(messages[1]?.parts).toEqual([
    {
      kind: 'tool_call_response',
      id: 't1',
      name: undefined,
      result: [{ text: '84' }],
      isError: false,
    },
  ])
})

test('Semantic Kernel has the body of an event in one attribute', () => {
  const content = '{"role":"user","content":"hi"}'
  const span = aSpan({}, [
    { name: 'gen_ai.user.message', attributes: { 'gen_ai.event.content': content } },
  ])
  const record = aLogRecord({
    attributes: { 'event.name': 'gen_ai.user.message', 'gen_ai.event.content': content },
  })
  expect(said(inputMessages(span))).toEqual(['user: hi'])
  expect(logMessages(record).input).toHaveLength(1)
})

test('system instructions are parts, or with LiteLLM messages', () => {
  const parts = '[{"type":"text","content":"terse"},{"type":"text","content":"kind"}]'
  const messages = '[{"role":"user","content":"terse"}]'
  expect(said(systemInstructions(aSpan({ 'gen_ai.system_instructions': parts })))).toEqual([
    'system: terse\nkind',
  ])
  expect(said(systemInstructions(aSpan({ 'gen_ai.system_instructions': messages })))).toEqual([
    'system: terse',
  ])
})

test('a log record has all messages of a call in attributes or in its body', () => {
  const input = [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }]
  const output = [{ role: 'assistant', parts: [{ type: 'text', content: 'yes' }] }]
  const system = [{ type: 'text', content: 'terse' }]
  const fields = {
    'gen_ai.input.messages': input,
    'gen_ai.output.messages': output,
    'gen_ai.system_instructions': system,
  }
  const eventName = 'gen_ai.client.inference.operation.details'
  for (const spec of [
    { eventName, attributes: fields },
    { eventName, body: fields },
  ]) {
    const found = logMessages(aLogRecord(spec))
    expect([found.input, found.output, found.system].map((it) => it.map(messageText))).toEqual([
      ['hi'],
      ['yes'],
      ['terse'],
    ])
  }
})

test('the bodies that ADOT moves into log records are read, with JSON in their content', () => {
  const body = {
    input: { messages: [{ role: 'user', content: { content: '[{"text":"hi"}]' } }] },
    output: {
      messages: [
        { role: 'assistant', content: { message: '[{"text":"yes"}]', finish_reason: 'end_turn' } },
      ],
    },
  }
  const { input, output } = logMessages(aLogRecord({ body }))
  expect(input.map(messageText)).toEqual(['hi'])
  expect(output.map(messageText)).toEqual(['yes'])
  expect(output[0]?.finishReason).toBe('end_turn')
})

test('the prompt of a Claude Code user is in its log record, unless it was withheld', () => {
  const prompt = (text: string) =>
    aLogRecord({
      body: 'claude_code.user_prompt',
      attributes: { 'event.name': 'user_prompt', prompt: text },
    })
  expect(logMessages(prompt('fix it')).input.map(messageText)).toEqual(['fix it'])
  expect(logMessages(prompt('<REDACTED>')).input).toEqual([])
})

test('a log record without messages has none', () => {
  expect(logMessages(aLogRecord({ body: 'started' }))).toEqual({
    input: [],
    output: [],
    system: [],
    truncated: false,
  })
})

test('a prompt of 10 MB is cut and says so', () => {
  const { messages, truncated } = inputMessages(aSpan({ 'input.value': 'x'.repeat(10_000_000) }))
  expect(truncated).toBe(true)
  expect(messages.map(messageText).join('')).toHaveLength(maxTextBytes)
})

test('whatever a span holds, reading it does not throw', () => {
  const keys = [
    ...['gen_ai.input.messages', 'gen_ai.output.messages', 'ai.prompt', 'events', 'input.value'],
    ...[
      'llm.input_messages.0.message.role',
      'llm.input_messages.0',
      'gen_ai.completion.4294967295',
    ],
    ...['ai.response.toolCalls', 'request_data', 'gcp.vertex.agent.llm_request', 'content'],
  ]
  const texts = fc.oneof(fc.string(), fc.json(), fc.constantFrom(user, '[', '{"a":', "{'a': 1}"))
  const value = fc.oneof(
    texts,
    fc.jsonValue(),
    fc.double(),
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  )
  const attributes: fc.Arbitrary<Attributes> = fc.dictionary(fc.constantFrom(...keys), value)
  const events: fc.Arbitrary<EventSpec[]> = fc.array(
    fc.record({ name: fc.constantFrom('gen_ai.choice', 'gen_ai.tool.message'), attributes }),
    { maxLength: 3 },
  )
  fc.assert(
    fc.property(attributes, events, (held, heldEvents) => {
      const span = aSpan(held, heldEvents)
      for (const read of [inputMessages, outputMessages, systemInstructions]) {
        for (const { parts, finishReason } of read(span).messages) {
          expect(parts.length > 0 || finishReason !== undefined).toBe(true)
        }
      }
    }),
  )
})

/** Each message as `role: text`. */
function said({ messages }: MessageList): string[] {
  return messages.map((message) => `${message.role}: ${messageText(message)}`)
}
