import { expect, test } from 'vitest'
import type { DialectName } from './dialect.ts'
import {
  type FirstTokenContext,
  firstTokenEventMs,
  firstTokenKeys,
  hasFirstTokenEvents,
  timeToFirstTokenMs,
} from './first-token.ts'
import { type Attributes, readSpan, readThrough } from './usage/attributes.fixture.ts'

const startMs = Date.UTC(2026, 0, 1)

function ttftOf(attributes: Attributes, span: Partial<FirstTokenContext> = {}) {
  const context = {
    dialect: 'otel',
    scope: 'app',
    startMs,
    endMs: startMs + 3_000,
    ...span,
  } as const
  return readThrough(firstTokenKeys, attributes, (values, at) =>
    timeToFirstTokenMs(values, at, context),
  )
}

test('5.1 and 5.9 the conventions and the AI SDK 7 count seconds', () => {
  expect(ttftOf({ 'gen_ai.response.time_to_first_chunk': 0.41 })).toBe(410)
  expect(ttftOf({ 'gen_ai.client.operation.time_to_first_chunk': 0.8 })).toBe(800)
  expect(ttftOf({ 'lk.response.ttft': 0.25 })).toBe(250)
})

test('5.15 and 5.28 one key is milliseconds of Strands and seconds of OpenLIT', () => {
  const strands = { dialect: 'strands', scope: 'strands.telemetry.tracer' } as const
  const openlit = { dialect: 'openlit', scope: 'openlit.otel.tracing' } as const
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 870 }, strands)).toBe(870)
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 1 }, strands)).toBe(1)
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 0.52 }, openlit)).toBe(520)
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 4 }, openlit)).toBe(4_000)
})

test('a processor’s dialect on a span of Strands leaves it milliseconds', () => {
  const span = { dialect: 'openinference', scope: 'strands.telemetry.tracer' } as const
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 2 }, span)).toBe(2)
})

test('of an unknown emitter more seconds than the span took are milliseconds', () => {
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 2.5 })).toBe(2_500)
  expect(ttftOf({ 'gen_ai.server.time_to_first_token': 870 })).toBe(870)
})

test('5.17 Claude Code and the AI SDK before 7 count milliseconds', () => {
  expect(ttftOf({ ttft_ms: 1300 })).toBe(1_300)
  expect(ttftOf({ 'ai.response.msToFirstChunk': 412.5 })).toBe(412.5)
})

test.each([
  '"2026-01-01T00:00:01.000Z"',
  '2026-01-01T00:00:01.000Z',
  '"\\"2026-01-01T00:00:01.000Z\\""',
  '2026-01-01T02:00:01+02:00',
  '2026-01-01T00:00:01.000000',
])('5.20 Langfuse writes the time %s, however often quoted', (time) => {
  expect(ttftOf({ 'langfuse.observation.completion_start_time': time })).toBe(1_000)
})

test.each<Attributes>([
  { 'gen_ai.response.time_to_first_chunk': -1 },
  { 'gen_ai.response.time_to_first_chunk': 'soon' },
  { 'gen_ai.response.time_to_first_chunk': Number.NaN },
  { ttft_ms: 1e12 },
  { 'langfuse.observation.completion_start_time': '2025-12-31T23:59:59Z' },
  { 'langfuse.observation.completion_start_time': 'yesterday' },
  { 'langfuse.observation.completion_start_time': '2'.repeat(1_000_000) },
  {},
])('%o tells of no first token', (attributes) => {
  expect(ttftOf(attributes)).toBeUndefined()
})

test.each([
  'First Token Stream Event',
  'llm.content.completion.chunk',
  'gen_ai.content.completion.chunk',
])('the first event %s is the first token', (name) => {
  const events = [
    { name: 'exception', atMs: startMs + 10 },
    { name, atMs: startMs + 900 },
    { name, atMs: startMs + 350 },
  ]
  expect(readSpan({ startMs, events }, firstTokenEventMs)).toBe(350)
})

test('without such an event, or with one before the call, nothing is known', () => {
  const other = [{ name: 'exception', atMs: startMs + 10 }]
  const early = [{ name: 'First Token Stream Event', atMs: startMs - 10 }]
  expect(readSpan({ startMs, events: other }, firstTokenEventMs)).toBeUndefined()
  expect(readSpan({ startMs, events: early }, firstTokenEventMs)).toBeUndefined()
})

test('only two dialects are worth looking at events for', () => {
  const dialects: DialectName[] = ['openinference', 'openllmetry', 'otel', 'vercel', 'strands']
  expect(dialects.filter(hasFirstTokenEvents)).toEqual(['openinference', 'openllmetry'])
})
