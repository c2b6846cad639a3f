import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finishReasons } from './finish-reason.ts'
import { type Attribute, readThrough } from './usage/attributes.fixture.ts'

function reasonsOf(value: Attribute) {
  return readThrough({ reasons: ['r'] }, { r: value }, (values, at) =>
    finishReasons(values.view(at.reasons)),
  )
}

test.each([
  ['stop', ['stop', 'end_turn', 'stop_sequence', 'completed', 'complete', 'eos', 'eos_token']],
  ['stop', ['STOP', 'COMPLETE', 'end', 'FINISH_REASON_STOP', 'FinishReason.STOP']],
  ['length', ['length', 'max_tokens', 'MAX_TOKENS', 'max_output_tokens', 'model_length']],
  ['length', ['incomplete', 'model_context_window_exceeded', 'finish_reason_length']],
  ['tool_call', ['tool_call', 'tool_calls', 'tool-calls', 'tool_use', 'function_call']],
  ['content_filter', ['content_filter', 'content-filter', 'content_filtered', 'refusal']],
  ['content_filter', ['guardrail_intervened', 'SAFETY', 'RECITATION', 'BLOCKLIST', 'SPII']],
  ['content_filter', ['PROHIBITED_CONTENT', 'IMAGE_SAFETY']],
  ['error', ['error', 'failed', 'MALFORMED_FUNCTION_CALL', 'cancelled']],
  ['other', ['pause_turn', 'unknown', 'other', 'LANGUAGE', 'FINISH_REASON_UNSPECIFIED']],
])('%s is the name for %s', (reason, raws) => {
  expect(raws.map((raw) => finishReasons(raw))).toEqual(raws.map(() => [reason]))
})

test.each<[string, Attribute]>([
  ['a list', ['stop', 'tool_calls']],
  ['JSON', '["stop","tool_calls"]'],
  ['JSON in JSON', '"[\\"stop\\",\\"tool_calls\\"]"'],
  ['a Python repr', "['stop', 'tool_calls']"],
  ['names joined by commas', 'stop, tool_calls'],
  ['a list that holds JSON', ['["stop"]', '["tool_calls"]']],
])('reasons come as %s', (_, value) => {
  expect(reasonsOf(value)).toEqual(['stop', 'tool_call'])
})

test('5.1, 5.3, 5.6 and 5.15 reasons of OpenAI and Anthropic', () => {
  expect(reasonsOf(['tool_calls'])).toEqual(['tool_call'])
  expect(reasonsOf(['end_turn'])).toEqual(['stop'])
  expect(reasonsOf('tool_calls')).toEqual(['tool_call'])
  expect(reasonsOf('tool_use')).toEqual(['tool_call'])
})

test('5.2, 5.8, 5.9, 5.13 and 5.27 stop is stop', () => {
  expect(reasonsOf(['stop'])).toEqual(['stop'])
  expect(reasonsOf('stop')).toEqual(['stop'])
})

test('5.16 and 5.21 a list that is a text', () => {
  expect(reasonsOf('["stop"]')).toEqual(['stop'])
})

test('5.17 the reason of Claude Code', () => {
  expect(reasonsOf('tool_use')).toEqual(['tool_call'])
})

test('a reason given for each of several choices is given once', () => {
  expect(reasonsOf(['stop', 'STOP', 'end_turn', 'length'])).toEqual(['stop', 'length'])
})

test.each<Attribute>(['', '[]', 'None', '[null]', [], ['', 'None'], 'x'.repeat(10_000), 7, true])(
  '%s says nothing',
  (value) => {
    expect(reasonsOf(value) ?? []).toEqual([])
  },
)

test('nothing said is no reason', () => {
  expect(finishReasons(undefined)).toEqual([])
})

test('there are never more reasons than kinds of them, whatever is sent', () => {
  const sent = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 50 }))
  fc.assert(
    fc.property(sent, (value) => {
      expect((reasonsOf(value) ?? []).length).toBeLessThanOrEqual(6)
    }),
  )
})
