import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText } from './decode.ts'
import type { Message, Part, Role } from './message.ts'
import { messageText } from './message.ts'
import { toMessages } from './message-shapes.ts'

const ask = 'Weather in Rome?'
const userAsks = [aMessage('user', [text(ask)])]
const callsWeather = aCall('call_1', 'weather', { city: 'Rome' })

test('a plain text is one message of the role that its place has', () => {
  expect(messages(ask, 'user')).toEqual(userAsks)
})

test('parts of the GenAI conventions', () => {
  const value = [
    { role: 'user', parts: [{ type: 'text', content: ask }] },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'hm' },
        { type: 'tool_call', id: 'call_1', name: 'weather', arguments: { city: 'Rome' } },
      ],
      finish_reason: 'tool_call',
    },
    {
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: 'call_1', response: { celsius: 21 } }],
    },
  ]
  expect(messages(value)).toEqual([
    ...userAsks,
    aMessage('assistant', [thought('hm'), callsWeather], 'tool_call'),
    aMessage('tool', [anAnswer('call_1', { celsius: 21 })]),
  ])
})

test('a tool response may stand under response, result or content', () => {
  for (const field of ['response', 'result', 'content']) {
    const value = { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', [field]: 'ok' }] }
    expect(messages(value)).toEqual([aMessage('tool', [anAnswer('c', 'ok')])])
  }
})

test('media and server tools of the GenAI conventions', () => {
  const parts = [
    { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'aGk=' },
    { type: 'file', modality: 'document', file_id: 'file-1' },
    { type: 'uri', modality: 'image', uri: 'https://x/y.png' },
    { type: 'server_tool_call', id: 's1', name: 'search', server_tool_call: { q: 'x' } },
    { type: 'server_tool_call_response', id: 's1', server_tool_call_response: [1] },
    { type: 'hologram', depth: 3 },
  ]
  expect(messages({ role: 'user', parts })).toEqual([
    aMessage('user', [
      { kind: 'blob', modality: 'image', mimeType: 'image/png', content: 'aGk=' },
      { kind: 'file', modality: 'document', fileId: 'file-1' },
      { kind: 'uri', modality: 'image', uri: 'https://x/y.png' },
      { kind: 'server_tool_call', id: 's1', name: 'search', call: { q: 'x' } },
      { kind: 'server_tool_call_response', id: 's1', response: [1] },
      { kind: 'other', type: 'hologram', raw: { type: 'hologram', depth: 3 } },
    ]),
  ])
})

test('messages of OpenAI, whose arguments are JSON texts', () => {
  const value = [
    { role: 'developer', content: 'Be terse.' },
    { role: 'user', content: [{ type: 'text', text: ask }, image('https://x/y.png')] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'weather', arguments: '{"city":"Rome"}' },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
  ]
  expect(messages(value)).toEqual([
    aMessage('system', [text('Be terse.')]),
    aMessage('user', [text(ask), { kind: 'uri', modality: 'image', uri: 'https://x/y.png' }]),
    aMessage('assistant', [callsWeather]),
    aMessage('tool', [anAnswer('call_1', '21 degrees')]),
  ])
})

test('the response of OpenAI, with the reason beside the message', () => {
  const value = {
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  }
  expect(messages(value, 'assistant')).toEqual([aMessage('assistant', [text('hi')], 'stop')])
})

test('content blocks of Anthropic', () => {
  const value = [
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Rome' } },
      ],
      stop_reason: 'tool_use',
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'no', is_error: true }],
    },
  ]
  expect(messages(value)).toEqual([
    aMessage(
      'assistant',
      [{ ...thought('hm'), signature: 'sig' }, text('I look.'), callsWeather],
      'tool_use',
    ),
    aMessage('user', [{ ...anAnswer('call_1', 'no'), isError: true }]),
  ])
})

test('blocks of Bedrock', () => {
  const value = [
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'hm', signature: 'sig' } } },
        { text: 'I look.' },
        { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Rome' } } },
      ],
    },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'call_1', status: 'error', content: [{ text: 'no' }] } },
      ],
    },
  ]
  expect(messages(value)).toEqual([
    aMessage('assistant', [{ ...thought('hm'), signature: 'sig' }, text('I look.'), callsWeather]),
    aMessage('user', [{ ...anAnswer('call_1', [{ text: 'no' }]), isError: true }]),
  ])
})

test('blocks that stand alone are one message', () => {
  const value = [
    { text: 'a' },
    { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Rome' } } },
  ]
  expect(messages(value, 'assistant')).toEqual([aMessage('assistant', [text('a'), callsWeather])])
})

test('parts of Gemini', () => {
  const call = { functionCall: { id: 'call_1', name: 'weather', args: { city: 'Rome' } } }
  const answer = { functionResponse: { id: 'call_1', name: 'weather', response: { celsius: 21 } } }
  const value = {
    contents: [
      {
        role: 'user',
        parts: [{ text: ask }, { inlineData: { mimeType: 'image/png', data: 'aGk=' } }],
      },
      { role: 'model', parts: [{ text: 'hm', thought: true }, call] },
      { role: 'user', parts: [answer] },
    ],
    config: { system_instruction: { parts: [{ text: 'Be kind' }] } },
  }
  expect(messages(value)).toEqual([
    aMessage('system', [text('Be kind')]),
    aMessage('user', [
      text(ask),
      { kind: 'blob', modality: 'image', mimeType: 'image/png', content: 'aGk=' },
    ]),
    aMessage('assistant', [thought('hm'), callsWeather]),
    aMessage('user', [{ ...anAnswer('call_1', { celsius: 21 }), name: 'weather' }]),
  ])
})

test('candidates of Gemini', () => {
  const value = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
  }
  expect(messages(value, 'assistant')).toEqual([aMessage('assistant', [text('hi')], 'STOP')])
})

test('parts of the AI SDK', () => {
  const value = [
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm' },
        { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: { city: 'Rome' } },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'call_1',
          toolName: 'weather',
          output: { type: 'json', value: { celsius: 21 } },
        },
      ],
    },
  ]
  expect(messages(value)).toEqual([
    aMessage('assistant', [thought('hm'), callsWeather]),
    aMessage('tool', [{ ...anAnswer('call_1', { celsius: 21 }), name: 'weather' }]),
  ])
})

test('items of the Responses API', () => {
  const value = [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: ask }] },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
    {
      type: 'function_call',
      call_id: 'call_1',
      id: 'fc_1',
      name: 'weather',
      arguments: '{"city":"Rome"}',
    },
    { type: 'function_call_output', call_id: 'call_1', output: '{"celsius":21}' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Mild.' }] },
  ]
  expect(messages(value)).toEqual([
    ...userAsks,
    aMessage('assistant', [thought('hm')]),
    aMessage('assistant', [callsWeather]),
    aMessage('tool', [anAnswer('call_1', { celsius: 21 })]),
    aMessage('assistant', [text('Mild.')]),
  ])
})

test('serialised LangChain messages, in the lists of lists that a run has', () => {
  const lc = (name: string, kwargs: object) => ({
    lc: 1,
    type: 'constructor',
    id: ['langchain', 'schema', 'messages', name],
    kwargs,
  })
  const ai = {
    content: '',
    tool_calls: [{ name: 'weather', args: { city: 'Rome' }, id: 'call_1', type: 'tool_call' }],
  }
  const value = {
    messages: [
      [
        lc('SystemMessage', { content: 'Be terse.' }),
        lc('HumanMessage', { content: ask }),
        lc('AIMessageChunk', ai),
        lc('ToolMessage', { content: '21', tool_call_id: 'call_1' }),
      ],
    ],
  }
  expect(messages(value)).toEqual([
    aMessage('system', [text('Be terse.')]),
    ...userAsks,
    aMessage('assistant', [callsWeather]),
    aMessage('tool', [anAnswer('call_1', '21')]),
  ])
})

test('what LangChain returns, and its short forms', () => {
  const generations = {
    generations: [[{ text: 'hi', generation_info: { finish_reason: 'stop' } }]],
  }
  expect(messages(generations, 'assistant')).toEqual([aMessage('assistant', [text('hi')], 'stop')])
  expect(messages([{ type: 'human', content: ask }])).toEqual(userAsks)
  expect(messages([{ type: 'human', data: { content: ask } }])).toEqual(userAsks)
})

test('LiteLLM mixes parts and tool calls, which are taken once', () => {
  const call = { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Rome"}' } }
  const parts = [{ type: 'tool_call', id: 'call_1', name: 'weather', arguments: { city: 'Rome' } }]
  expect(messages([{ role: 'assistant', parts, tool_calls: [call] }])).toEqual([
    aMessage('assistant', [callsWeather]),
  ])
})

test('requests say their system prompt, whoever spells it', () => {
  for (const field of ['system', 'instructions']) {
    const value = { [field]: 'Be terse.', messages: [{ role: 'user', content: ask }] }
    expect(messages(value)).toEqual([aMessage('system', [text('Be terse.')]), ...userAsks])
  }
  expect(messages({ prompt: ask })).toEqual(userAsks)
  expect(messages({ input: ask, instructions: null })).toEqual(userAsks)
})

test('an answer in JSON is the text of the answer', () => {
  expect(messages(decodeText('{"city":"Rome","celsius":21}').value, 'assistant')).toEqual([
    aMessage('assistant', [text('{"city":"Rome","celsius":21}')]),
  ])
  expect(messages([1], 'assistant')).toEqual([aMessage('assistant', [text('1')])])
  const list = '[{"city":"Rome"}]'
  expect(messages({ role: 'assistant', content: list })).toEqual([
    aMessage('assistant', [text(list)]),
  ])
})

test('withheld content is no part, and a message without parts is none', () => {
  expect(messages([{ role: 'user', content: '__REDACTED__' }])).toEqual([])
  expect(messages({})).toEqual([])
  expect(messages({ role: 'user', parts: [{ type: 'text', content: '<REDACTED>' }] })).toEqual([])
})

test('the text of a message leaves out what it thought', () => {
  const [message] = messages({ role: 'assistant', reasoning_content: 'hm', content: 'Mild.' })
  expect(message?.parts).toEqual([thought('hm'), text('Mild.')])
  expect(message === undefined ? '' : messageText(message)).toBe('Mild.')
})

test('wrappers within wrappers have an end', () => {
  const nested = (levels: number) =>
    decodeText(`${'{"messages":'.repeat(levels)}"x"${'}'.repeat(levels)}`)
  expect(messages(nested(3).value)).toHaveLength(1)
  expect(messages(nested(50).value)).toEqual([])
})

test('200 000 messages in one list are read', () => {
  const many = decodeText(`[${'"a",'.repeat(150_000)}"b"]`).value
  expect(messages(many)[0]?.parts).toHaveLength(150_001)
  const turns = decodeText(`[${'{"role":"user","content":"a"},'.repeat(30_000)}{}]`).value
  expect(messages(turns)).toHaveLength(30_000)
})

test('whatever the data, messages are well-formed', () => {
  const words = fc.constantFrom(
    'text',
    'tool_use',
    'message',
    'function_call',
    'reasoning',
    'image',
    'human',
  )
  const leaf = fc.oneof(words, fc.string(), fc.integer(), fc.constant(null), fc.boolean())
  const key = fc.constantFrom(
    ...[
      'role',
      'type',
      'content',
      'parts',
      'text',
      'tool_calls',
      'function',
      'message',
      'messages',
    ],
    ...[
      'choices',
      'contents',
      'output',
      'kwargs',
      'id',
      'toolUse',
      'image',
      'source',
      'event.name',
    ],
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      for (const { role, parts } of messages(decodeText(JSON.stringify([value])).value)) {
        expect(['system', 'user', 'assistant', 'tool']).toContain(role)
        for (const part of parts) {
          if (part.kind === 'text' || part.kind === 'reasoning')
            expect(typeof part.content).toBe('string')
          if (part.kind === 'tool_call') expect(['string', 'undefined']).toContain(typeof part.name)
        }
      }
    }),
    { numRuns: 500 },
  )
})

/** Through the decoder, as all content comes. */
function messages(value: unknown, role: Role = 'user'): readonly Message[] {
  return toMessages(
    typeof value === 'string' ? value : decodeText(JSON.stringify(value)).value,
    role,
  )
}

function aMessage(role: Role, parts: readonly Part[], finishReason?: string): Message {
  return { role, name: undefined, parts, finishReason }
}

function text(content: string): Part {
  return { kind: 'text', content }
}

function thought(content: string) {
  return { kind: 'reasoning', content, signature: undefined } as const
}

function aCall(id: string, name: string, args: { city: string }): Part {
  return { kind: 'tool_call', id, name, arguments: args }
}

function anAnswer(id: string, result: string | object) {
  const plain = decodeText(JSON.stringify([result])).value
  return {
    kind: 'tool_call_response',
    id,
    name: undefined,
    result: Array.isArray(plain) ? plain[0] : undefined,
    isError: undefined,
  } as const
}

function image(url: string): object {
  return { type: 'image_url', image_url: { url } }
}
