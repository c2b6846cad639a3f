import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSpan } from './content.fixture.ts'
import { toolArguments, toolResult } from './tool-call-content.ts'

const details = 'gen_ai.client.inference.operation.details'

test.each([
  'gen_ai.tool.call.arguments',
  'ai.toolCall.args',
  'tool.parameters',
  'input.value',
  'traceloop.entity.input',
  'tool_arguments',
  'gcp.vertex.agent.tool_call_args',
  'gen_ai.tool.input',
  'mcp.tool.arguments',
  'mlflow.spanInputs',
  'langfuse.observation.input',
  'mastra.tool_call.input',
])('%s has the arguments', (key) => {
  expect(toolArguments(aSpan({ [key]: '{"city":"Rome"}' })).value).toEqual({ city: 'Rome' })
  expect(toolArguments(aSpan({ [key]: { city: 'Rome' } })).value).toEqual({ city: 'Rome' })
})

test.each([
  'gen_ai.tool.call.result',
  'ai.toolCall.result',
  'output.value',
  'traceloop.entity.output',
  'tool_response',
  'gcp.vertex.agent.tool_response',
  'gen_ai.tool.output',
  'mcp.tool.result',
  'agent.tool.result',
  'mlflow.spanOutputs',
  'langfuse.observation.output',
])('%s has the result', (key) => {
  expect(toolResult(aSpan({ [key]: '21 degrees' }))).toEqual({
    value: '21 degrees',
    truncated: false,
    isError: undefined,
  })
})

test('the attribute of the conventions counts first', () => {
  const span = aSpan({
    'input.value': 'later',
    'gen_ai.tool.call.arguments': '{"first":true}',
    'output.value': 'later',
    'gen_ai.tool.call.result': 'first',
  })
  expect(toolArguments(span).value).toEqual({ first: true })
  expect(toolResult(span).value).toBe('first')
})

test('no arguments are arguments, and a tool that gave None gave that', () => {
  const span = aSpan({ 'gen_ai.tool.call.arguments': '{}', 'gen_ai.tool.call.result': 'None' })
  expect(toolArguments(span).value).toEqual({})
  expect(toolResult(span).value).toBe('None')
})

test('parameters that are a schema are no arguments', () => {
  const schema = '{"type":"object","properties":{"city":{"type":"string"}}}'
  const span = aSpan({ 'tool.parameters': schema, 'input.value': '{"city":"Rome"}' })
  expect(toolArguments(span).value).toEqual({ city: 'Rome' })
})

test('arguments and result of an MCP request, whole or as OpenLLMetry takes them apart', () => {
  const request = '{"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}'
  expect(toolArguments(aSpan({ request })).value).toEqual({ a: 1 })
  const taken = '{"tool_name":"add","arguments":{"a":1}}'
  expect(toolArguments(aSpan({ 'traceloop.entity.input': taken })).value).toEqual({ a: 1 })
  const own = '{"arguments":"of the tool itself","other":1}'
  expect(toolArguments(aSpan({ 'input.value': own })).value).toEqual(JSON.parse(own))
})

test('a result of MCP says whether it is an error', () => {
  const failed = '{"content":[{"type":"text","text":"no such city"}],"isError":true}'
  expect(toolResult(aSpan({ response: failed }))).toEqual({
    value: JSON.parse(failed),
    truncated: false,
    isError: true,
  })
  expect(toolResult(aSpan({ response: '{"content":[],"isError":false}' })).isError).toBe(false)
  expect(toolResult(aSpan({ response: '{"result":"x","is_error":true}' })).isError).toBe(true)
  expect(toolResult(aSpan({ response: '{"isError":"yes"}' })).isError).toBeUndefined()
})

test('Strands writes both as span events', () => {
  const legacy = aSpan({}, [
    {
      name: 'gen_ai.tool.message',
      attributes: { role: 'tool', content: '{"e":"12*7"}', id: 't1' },
    },
    { name: 'gen_ai.choice', attributes: { message: '[{"text":"84"}]', id: 't1' } },
  ])
  const call = { type: 'tool_call', name: 'calc', id: 't1', arguments: { e: '12*7' } }
  const response = { type: 'tool_call_response', id: 't1', response: [{ text: '84' }] }
  const latest = aSpan({}, [
    {
      name: details,
      attributes: { 'gen_ai.input.messages': JSON.stringify([{ role: 'tool', parts: [call] }]) },
    },
    {
      name: details,
      attributes: {
        'gen_ai.output.messages': JSON.stringify([{ role: 'tool', parts: [response] }]),
      },
    },
  ])
  for (const span of [legacy, latest]) {
    expect(toolArguments(span).value).toEqual({ e: '12*7' })
    expect(toolResult(span).value).toEqual([{ text: '84' }])
  }
})

test('Claude Code writes the result as an event, where that is switched on', () => {
  const span = aSpan({}, [{ name: 'tool.output', attributes: { content: 'done' } }])
  expect(toolResult(span).value).toBe('done')
})

test('what is withheld is absent, what is cut off says so', () => {
  const withheld = aSpan({ 'gen_ai.tool.call.result': '[REDACTED]' })
  expect(toolResult(withheld).value).toBeUndefined()
  const cut = aSpan({ 'gen_ai.tool.call.arguments': '{"city":"Ro' })
  expect(toolArguments(cut)).toEqual({ value: '{"city":"Ro', truncated: true })
})

test('whatever a span holds, nothing throws', () => {
  const key = fc.constantFrom('request', 'response', 'tool.parameters', 'gen_ai.tool.call.result')
  const value = fc.oneof(fc.string(), fc.json(), fc.jsonValue(), fc.double())
  fc.assert(
    fc.property(fc.dictionary(key, value), (attributes) => {
      const span = aSpan(attributes)
      expect(typeof toolArguments(span).truncated).toBe('boolean')
      expect(['boolean', 'undefined']).toContain(typeof toolResult(span).isError)
    }),
  )
})
