import { expect, test } from 'vitest'
import { isContent } from './content.ts'
import { escaped } from './escape.ts'

test.each([
  ...['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions'],
  ...['gen_ai.prompt', 'gen_ai.prompt.0.content', 'gen_ai.completion.0.content'],
  ...['gen_ai.tool.call.arguments', 'gen_ai.tool.call.result', 'input.value', 'output.value'],
  ...['llm.input_messages.0.message.content', 'traceloop.entity.input', 'ai.response.text'],
  ...['ai.toolCall.args', 'mlflow.spanInputs', 'langfuse.observation.output', 'tool.parameters'],
])('%s may be what somebody said', (key) => {
  expect(isContent(key, 'hello')).toBe(true)
})

test.each([
  ...['gen_ai.request.model', 'gen_ai.response.id', 'gen_ai.output.type', 'input.mime_type'],
  ...['gen_ai.operation.name', 'gen_ai.prompt.name', 'llm.input_messages.0.message.role'],
  ...['http.request.method', 'http.route', 'gen_ai.tool.name', 'gen_ai.provider.name'],
  ...['gen_ai.response.finish_reasons', 'server.address', 'agent.sre.task.outcome'],
])('%s is a label', (key) => {
  expect(isContent(key, 'hello')).toBe(false)
})

test('a long string is taken for text under any key', () => {
  expect(isContent('http.route', 'x'.repeat(81))).toBe(true)
})

test('nothing that moves a cursor or turns a line around gets through', () => {
  expect(escaped('a\u001b[31mb\r\n\tc\u0007\u202ed\u009b')).toBe(
    'a\\e[31mb\\r\\n\\tc\\x07\\u202ed\\x9b',
  )
  expect(escaped('naïve 日本 🙂')).toBe('naïve 日本 🙂')
})
