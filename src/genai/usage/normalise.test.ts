import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Usage } from '../../facts/fact.ts'
import { dialectNames } from '../dialect.ts'
import type { Emitter } from './emitters.ts'
import { normalise } from './normalise.ts'
import { emptyUsageSet, type UsageSet } from './usage-set.ts'

const plain: Emitter = {
  dialect: 'otel',
  scope: 'app',
  scopeVersion: '',
  provider: undefined,
  model: undefined,
}

function usageOf(set: Partial<UsageSet>, emitter: Partial<Emitter> = {}): Usage | undefined {
  return normalise({ ...emptyUsageSet, ...set }, { ...plain, ...emitter })
}

test('a total equal to input and output says nothing about the cache', () => {
  const set = { input: 1000, output: 50, cacheRead: 400, total: 1050 }
  expect(usageOf(set)).toMatchObject({ inputTokens: 1000, basis: 'reported_inclusive' })
  expect(usageOf(set, { dialect: 'claude_code' })).toMatchObject({ inputTokens: 1400 })
})

test('a total with what was read but not with what was written proves the cache apart', () => {
  expect(usageOf({ input: 900, output: 50, cacheRead: 400, cacheWrite: 30, total: 1350 })).toEqual({
    inputTokens: 1330,
    outputTokens: 50,
    cacheReadTokens: 400,
    cacheWriteTokens: 30,
    cacheWrite1hTokens: undefined,
    reasoningTokens: undefined,
    audioInputTokens: undefined,
    audioOutputTokens: undefined,
    basis: 'converted_from_exclusive',
  })
})

test('a total that is the sum of five buckets proves cache and reasoning apart', () => {
  const set = { input: 100, output: 30, cacheRead: 40, cacheWrite: 5, reasoning: 20, total: 195 }
  expect(usageOf(set)).toMatchObject({ inputTokens: 145, outputTokens: 50 })
})

test('a total with reasoning besides the output is not taken for one with the cache', () => {
  const set = { input: 500, output: 30, cacheRead: 64, reasoning: 64, total: 594 }
  expect(usageOf(set)).toMatchObject({ inputTokens: 500, outputTokens: 94 })
})

test('a total without reasoning leaves it in the output, also where the emitter counts it apart', () => {
  const set = { input: 500, output: 90, reasoning: 64, total: 590 }
  const vertex = { scope: 'opentelemetry.instrumentation.vertexai', provider: 'gcp.vertex_ai' }
  expect(usageOf(set, vertex)).toMatchObject({ outputTokens: 90 })
})

test('input outside of the cache beside the input says that the input is the whole', () => {
  const set = { input: 1000, output: 50, cacheRead: 400, uncached: 600 }
  expect(usageOf(set, { dialect: 'claude_code' })).toMatchObject({ inputTokens: 1000 })
})

test('the provider’s own input shows whether the emitter added the cache', () => {
  const claude = { dialect: 'vercel', scope: 'ai', provider: 'anthropic' } as const
  const parts = { output: 50, cacheRead: 400, rawInput: 1000 }
  expect(usageOf({ ...parts, input: 1000 })).toMatchObject({ inputTokens: 1400 })
  expect(usageOf({ ...parts, input: 1400 }, claude)).toMatchObject({ inputTokens: 1400 })
})

test('the provider’s own output shows whether the emitter added reasoning', () => {
  const google = { dialect: 'vercel', scope: 'ai', provider: 'gcp.gemini' } as const
  const parts = { input: 10, reasoning: 40, rawOutput: 100 }
  expect(usageOf({ ...parts, output: 100 })).toMatchObject({ outputTokens: 140 })
  expect(usageOf({ ...parts, output: 140 }, google)).toMatchObject({ outputTokens: 140 })
})

test('what cannot be a part of its whole is apart, whoever wrote it', () => {
  expect(usageOf({ input: 30, output: 40, cacheRead: 2000 })).toMatchObject({ inputTokens: 2030 })
  expect(usageOf({ input: 80, output: 30, reasoning: 200 })).toMatchObject({ outputTokens: 230 })
})

test('a total without the cache may still have reasoning besides the output', () => {
  const set = { input: 100, output: 30, cacheRead: 40, reasoning: 20, total: 150 }
  expect(usageOf(set, { dialect: 'claude_code' })).toMatchObject({
    inputTokens: 140,
    outputTokens: 50,
  })
})

test('the form of a set is believed before what is known of its emitter', () => {
  const cached = { input: 1000, output: 50, cacheRead: 400 }
  expect(usageOf({ ...cached, cacheIs: 'apart' })).toMatchObject({ inputTokens: 1400 })
  expect(usageOf({ ...cached, cacheIs: 'within' }, { dialect: 'claude_code' })).toMatchObject({
    inputTokens: 1000,
  })
  const thought = { input: 10, output: 50, reasoning: 20 }
  const vertex = { scope: 'opentelemetry.instrumentation.vertexai', provider: 'gcp.vertex_ai' }
  expect(usageOf({ ...thought, reasoningIs: 'apart' })).toMatchObject({ outputTokens: 70 })
  expect(usageOf({ ...thought, reasoningIs: 'within' }, vertex)).toMatchObject({ outputTokens: 50 })
})

test('input outside of the cache shows that nothing was lost', () => {
  const claude = { dialect: 'vercel', scope: 'ai', provider: 'anthropic' } as const
  expect(usageOf({ input: 10, uncached: 10 }, claude)).toMatchObject({
    basis: 'reported_inclusive',
  })
  expect(usageOf({ input: 10 }, claude)).toMatchObject({ basis: 'lower_bound' })
  expect(usageOf({ input: 10, cacheIs: 'within' }, claude)).toMatchObject({
    basis: 'reported_inclusive',
  })
})

test('absent is unknown, and 0 is 0', () => {
  expect(usageOf({ input: 0, output: 0, cacheRead: 0 })).toMatchObject({
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: undefined,
    basis: 'reported_inclusive',
  })
  expect(usageOf({ input: 7 })).toMatchObject({ inputTokens: 7, outputTokens: undefined })
  expect(usageOf({})).toBeUndefined()
  expect(usageOf({ total: 12, cacheRead: 3 })).toBeUndefined()
})

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 1e9 + 1])('%d is no count', (hostile) => {
  expect(usageOf({ input: hostile, output: hostile })).toBeUndefined()
  expect(usageOf({ input: 10, output: 5, cacheRead: hostile, reasoning: hostile })).toEqual(
    usageOf({ input: 10, output: 5 }),
  )
})

test('parts that are more than their whole are cut, and said to be inconsistent', () => {
  const set = { input: 100, output: 10, cacheRead: 90, cacheWrite: 30, uncached: 10 }
  expect(usageOf(set)).toMatchObject({
    inputTokens: 100,
    cacheReadTokens: 90,
    cacheWriteTokens: 10,
    basis: 'inconsistent',
  })
})

test('a part whose whole is unknown is the least that it can be', () => {
  expect(usageOf({ output: 5, cacheRead: 400 })).toMatchObject({
    inputTokens: 400,
    cacheReadTokens: 400,
    basis: 'lower_bound',
  })
  expect(usageOf({ input: 5, reasoning: 60 })).toMatchObject({
    outputTokens: 60,
    basis: 'lower_bound',
  })
})

const hostileCount = fc.oneof(
  fc.constant(undefined),
  fc.nat(2_000),
  fc.nat(1_000_000_000),
  fc.double(),
  fc.integer(),
)
const place = fc.constantFrom(undefined, 'within', 'apart')
const sets: fc.Arbitrary<UsageSet> = fc.record({
  family: fc.constantFrom('gen_ai', 'openinference', 'vercel', 'langfuse', 'claude', 'blob'),
  input: hostileCount,
  output: hostileCount,
  total: hostileCount,
  cacheRead: hostileCount,
  cacheWrite: hostileCount,
  cacheWrite1h: hostileCount,
  reasoning: hostileCount,
  audioInput: hostileCount,
  audioOutput: hostileCount,
  uncached: hostileCount,
  rawInput: hostileCount,
  rawOutput: hostileCount,
  cacheIs: place,
  reasoningIs: place,
})
const emitters: fc.Arbitrary<Emitter> = fc.record({
  dialect: fc.constantFrom(...dialectNames),
  scope: fc.constantFrom('ai', 'opentelemetry.instrumentation.botocore', 'agent_framework', ''),
  scopeVersion: fc.oneof(fc.constantFrom('', '0.6b0'), fc.string()),
  provider: fc.constantFrom(undefined, 'openai', 'anthropic', 'aws.bedrock', 'gcp.gemini'),
  model: fc.constantFrom(undefined, 'gpt-5', 'claude-opus-4-6', 'amazon.nova-pro-v1:0'),
})

test('whatever a set says, parts are never more than their whole, and all counts are whole', () => {
  fc.assert(
    fc.property(sets, emitters, (set, emitter) => {
      const usage = normalise(set, emitter)
      if (usage === undefined) return
      const { basis: _, ...counts } = usage
      for (const count of Object.values(counts)) {
        expect(count === undefined || (Number.isSafeInteger(count) && count >= 0)).toBe(true)
      }
      const { cacheReadTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = usage
      const { reasoningTokens = 0, audioInputTokens = 0, audioOutputTokens = 0 } = usage
      const { inputTokens = 0, outputTokens = 0 } = usage
      expect(cacheReadTokens + cacheWriteTokens).toBeLessThanOrEqual(inputTokens)
      expect(cacheWrite1hTokens).toBeLessThanOrEqual(cacheWriteTokens)
      expect(reasoningTokens).toBeLessThanOrEqual(outputTokens)
      expect(audioInputTokens).toBeLessThanOrEqual(usage.inputTokens ?? audioInputTokens)
      expect(audioOutputTokens).toBeLessThanOrEqual(usage.outputTokens ?? audioOutputTokens)
    }),
    { numRuns: 2_000 },
  )
})

test('what is in the meaning of the conventions stays as it is', () => {
  const counts = fc.tuple(
    fc.nat(500_000),
    fc.nat(400_000),
    fc.nat(90_000),
    fc.nat(9_000),
    fc.nat(9_000),
  )
  fc.assert(
    fc.property(counts, ([uncached, read, write, visible, reasoning]) => {
      const input = uncached + read + write
      const output = visible + reasoning
      const set = { input, output, cacheRead: read, cacheWrite: write, reasoning }
      const usage = usageOf({ ...set, total: input + output })
      expect(usage).toMatchObject({
        inputTokens: input,
        outputTokens: output,
        cacheReadTokens: read,
        cacheWriteTokens: write,
        reasoningTokens: reasoning,
        basis: 'reported_inclusive',
      })
      expect(
        usageOf({
          input: usage?.inputTokens,
          output: usage?.outputTokens,
          cacheRead: usage?.cacheReadTokens,
          cacheWrite: usage?.cacheWriteTokens,
          reasoning: usage?.reasoningTokens,
        }),
      ).toEqual(usage)
    }),
  )
})
