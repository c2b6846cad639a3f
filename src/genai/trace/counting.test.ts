import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { aChat, anAgent, aRecord, tokens, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'

/** Why each call does not count, `counts` where it does. */
function reasons(...records: readonly SpanRecord[]): Record<string, string> {
  const { calls } = settled({ traceId, records })
  return Object.fromEntries(calls.map((it) => [it.spanId, it.notCounted ?? 'counts']))
}

const within = { parentSpanId: 'outer', at: 100, for: 500 }

describe('an inference inside another', () => {
  test('is the same call when it has as many tokens out', () => {
    expect(
      reasons(
        aChat('outer', tokens(100, 20), { scope: 'langchain' }),
        aChat('inner', tokens(100, 20), { ...within, scope: 'openai' }),
      ),
    ).toEqual({ outer: 'duplicate', inner: 'counts' })
  })

  test('is the same call through a span that says nothing, and under another release', () => {
    expect(
      reasons(
        aChat('outer', tokens(100, 20), { call: { requestModel: 'openai/gpt-4o' } }),
        aRecord('between', within),
        aChat('inner', tokens(100, 20), {
          ...within,
          parentSpanId: 'between',
          call: { requestModel: 'gpt-4o-2024-08-06' },
        }),
      ),
    ).toEqual({ outer: 'duplicate', inner: 'counts' })
  })

  test('is another call when it took other tokens, another model or another time', () => {
    const outer = aChat('outer', tokens(100, 20))
    const both = { outer: 'counts', inner: 'counts' }
    expect(reasons(outer, aChat('inner', tokens(100, 21), within))).toEqual(both)
    const model = { requestModel: 'gpt-4o-mini' }
    expect(reasons(outer, aChat('inner', tokens(1, 20), { ...within, call: model }))).toEqual(both)
    expect(reasons(outer, aChat('inner', tokens(1, 20), { ...within, at: 5_000 }))).toEqual(both)
  })

  test('is another call when a tool made it', () => {
    expect(
      reasons(
        aChat('outer', tokens(100, 20)),
        aRecord('tool', { ...within, operation: 'execute_tool' }),
        aChat('inner', tokens(100, 20), { ...within, parentSpanId: 'tool' }),
      ),
    ).toEqual({ outer: 'counts', inner: 'counts' })
  })

  test('takes the place of one that has no tokens', () => {
    expect(reasons(aChat('outer', undefined), aChat('inner', tokens(9, 3), within))).toEqual({
      outer: 'duplicate',
      inner: 'counts',
    })
  })

  test('is one of several that the outer one adds up', () => {
    expect(
      reasons(
        aChat('outer', tokens(300, 50)),
        aChat('first', tokens(100, 20), within),
        aChat('second', tokens(200, 30), { ...within, at: 300 }),
      ),
    ).toEqual({ outer: 'wrapper', first: 'counts', second: 'counts' })
  })

  test('is one of several of which the outer one repeats the last', () => {
    expect(
      reasons(
        aChat('outer', tokens(200, 30)),
        aChat('first', tokens(100, 20), within),
        aChat('second', tokens(200, 30), { ...within, at: 300 }),
      ),
    ).toEqual({ outer: 'wrapper', first: 'counts', second: 'counts' })
  })
})

describe('inferences beside each other', () => {
  test('are one call when two scopes saw them start together with equal tokens', () => {
    expect(
      reasons(
        aChat('a', tokens(100, 20), { scope: 'openai', call: { responseId: 'r1' } }),
        aChat('b', tokens(100, 20), { scope: 'botocore', at: 50 }),
      ),
    ).toEqual({ a: 'counts', b: 'duplicate' })
  })

  test('are two calls in one scope, after more than 50 ms, or with ids that differ', () => {
    const a = aChat('a', tokens(100, 20), { scope: 'x', call: { responseId: 'r1' } })
    const both = { a: 'counts', b: 'counts' }
    expect(reasons(a, aChat('b', tokens(100, 20), { scope: 'x' }))).toEqual(both)
    expect(reasons(a, aChat('b', tokens(100, 20), { scope: 'y', at: 51 }))).toEqual(both)
    const other = { scope: 'y', call: { responseId: 'r2' } }
    expect(reasons(a, aChat('b', tokens(100, 20), other))).toEqual(both)
  })

  test('are two calls when each of two scopes saw two', () => {
    const facts = reasons(
      aChat('a1', tokens(1, 1), { scope: 'x' }),
      aChat('a2', tokens(1, 1), { scope: 'x', at: 10 }),
      aChat('b1', tokens(1, 1), { scope: 'y', at: 20 }),
      aChat('b2', tokens(1, 1), { scope: 'y', at: 30 }),
    )
    expect(Object.values(facts).filter((it) => it === 'counts')).toHaveLength(2)
  })
})

describe('a response id', () => {
  const call = { responseId: 'r1' }

  test('is one call of one family of providers, wherever its spans stand', () => {
    const azure = { ...call, provider: 'azure.ai.openai' }
    expect(
      reasons(
        aChat('a', tokens(5, 5), { call }),
        aChat('b', tokens(5, 5), { call: azure, at: 9_000 }),
      ),
    ).toEqual({ a: 'counts', b: 'duplicate' })
  })

  test('is two calls of two families, unless a gateway stands between', () => {
    const a = aChat('a', tokens(5, 5), { call })
    const cohere = { ...call, provider: 'cohere' }
    expect(reasons(a, aChat('b', tokens(5, 5), { call: cohere }))).toEqual({
      a: 'counts',
      b: 'counts',
    })
    const gateway = { ...cohere, isGateway: true }
    expect(reasons(a, aChat('b', tokens(5, 5), { call: gateway }))).toEqual({
      a: 'counts',
      b: 'duplicate',
    })
  })

  test('that a small server uses again, later and for other tokens, is another call', () => {
    const a = aChat('a', tokens(5, 5), { call })
    expect(reasons(a, aChat('b', tokens(5, 6), { call, at: 2_000 }))).toEqual({
      a: 'counts',
      b: 'counts',
    })
    expect(reasons(a, aChat('b', tokens(5, 6), { call, at: 500 }))).toMatchObject({
      a: 'counts',
      b: 'duplicate',
    })
    expect(reasons(a, aChat('b', undefined, { call, at: 2_000 }))).toMatchObject({
      a: 'counts',
      b: 'duplicate',
    })
  })

  test('that comes from a cache costs nothing, and the call that was paid for counts', () => {
    const replay = { ...call, isCachedReplay: true, isGateway: true }
    expect(
      reasons(
        aChat('paid', tokens(5, 5), { call }),
        aChat('client', tokens(5, 5), { call, at: 5_000 }),
        aChat('replay', tokens(5, 5), { call: replay, parentSpanId: 'client', at: 5_100, for: 9 }),
      ),
    ).toEqual({ paid: 'counts', client: 'cached_replay', replay: 'cached_replay' })
  })
})

describe('the span that counts', () => {
  const same = { call: { responseId: 'r1' } }

  test('knows how its tokens divide, then is the innermost, then the closest to the provider', () => {
    const split = tokens(10, 2, { cacheReadTokens: 5 })
    expect(reasons(aChat('a', tokens(10, 2), same), aChat('b', split, same))).toEqual({
      a: 'duplicate',
      b: 'counts',
    })
    const inner = { ...same, parentSpanId: 'b', for: 10 }
    expect(reasons(aChat('b', split, same), aChat('c', split, inner))).toEqual({
      b: 'duplicate',
      c: 'counts',
    })
    const langfuse = aChat('a', split, { ...same, dialect: 'langfuse' })
    const strands = aChat('b', split, { ...same, dialect: 'strands' })
    const otel = aChat('c', split, same)
    expect(reasons(langfuse, strands, otel)).toMatchObject({ c: 'counts' })
    expect(reasons(langfuse, strands)).toMatchObject({ b: 'counts' })
  })

  test('has all of its tokens, though it is not the innermost', () => {
    const partial = tokens(10, 2, { basis: 'lower_bound', cacheReadTokens: 5 })
    const inner = aChat('b', partial, { ...same, parentSpanId: 'a', for: 10 })
    expect(reasons(aChat('a', tokens(10, 2), same), inner)).toEqual({
      a: 'counts',
      b: 'duplicate',
    })
  })

  test('takes over what only others know', () => {
    const records = [
      aChat('a', tokens(10, 2, { cacheReadTokens: 5 }), same),
      aChat('b', tokens(10, 2, { reasoningTokens: 1 }), {
        call: {
          ...same.call,
          reportedNanoUsd: 7,
          finishReasons: ['stop'],
          timeToFirstTokenMs: 80,
        },
      }),
    ]
    const [a] = settled({ traceId, records }).calls
    expect(a).toMatchObject({ reportedNanoUsd: 7, finishReasons: ['stop'], timeToFirstTokenMs: 80 })
    expect(a?.usage).toEqual(tokens(10, 2, { cacheReadTokens: 5, reasoningTokens: 1 }))
  })
})

describe('a wrapper', () => {
  const call = { role: 'wrapper', usage: tokens(100, 10) } as const

  test('counts where nothing below it does, and of two the inner one', () => {
    expect(
      reasons(
        anAgent('outer', 'a', { call }),
        anAgent('inner', 'a', { call, parentSpanId: 'outer' }),
      ),
    ).toEqual({ outer: 'wrapper', inner: 'counts' })
  })

  test('repeats a call below it that counts in another trace', () => {
    const records = [
      anAgent('a', 'a', { call }),
      aChat('b', tokens(100, 10), { parentSpanId: 'a' }),
    ]
    const lostTo = new Map([['b', 'other/span']])
    const reasonsOf = settled({ traceId, records, lostTo }).calls.map((it) => it.notCounted)
    expect(reasonsOf).toEqual(['wrapper', 'duplicate'])
  })

  test('has no part in what an evaluator below it asks a model', () => {
    expect(
      reasons(
        anAgent('a', 'a', { call }),
        aRecord('x', { parentSpanId: 'a', operation: 'evaluator' }),
        aChat('judge', tokens(7, 1), { parentSpanId: 'x' }),
      ),
    ).toEqual({ a: 'counts', judge: 'counts' })
  })

  test('that has more than what is below it says how many tokens nobody reported', () => {
    const residueOf = (...below: readonly SpanRecord[]) =>
      settled({ traceId, records: [anAgent('a', 'a', { call }), ...below] }).residueTokens
    expect(residueOf(aChat('b', tokens(60, 10), { parentSpanId: 'a' }))).toBe(40)
    expect(residueOf(aChat('b', tokens(99, 10), { parentSpanId: 'a' }))).toBe(0)
    expect(residueOf()).toBe(0)
  })

  test('has the calls below it that name no tokens, in whatever spans', () => {
    const records = [
      anAgent('a', 'a', { call }),
      aChat('b', undefined, { parentSpanId: 'a' }),
      aChat('c', undefined, { parentSpanId: 'b', for: 10 }),
    ]
    const { calls } = settled({ traceId, records })
    expect(calls.map((it) => [it.spanId, it.duplicateOf])).toEqual([
      ['c', `${traceId}/a`],
      ['a', undefined],
      ['b', `${traceId}/a`],
    ])
  })

  test('has no part in calls below it when it is one of sums over a life', () => {
    const sums = { ...call, role: 'cumulative' } as const
    expect(
      reasons(anAgent('a', 'a', { call: sums }), aChat('b', undefined, { parentSpanId: 'a' })),
    ).toEqual({ a: 'cumulative', b: 'counts' })
  })

  test('leaves a call that failed as it is', () => {
    expect(
      reasons(
        anAgent('a', 'a', { call }),
        aChat('b', undefined, { parentSpanId: 'a', isError: true, errorType: '429' }),
      ),
    ).toEqual({ a: 'counts', b: 'counts' })
  })
})

describe('an event of the log', () => {
  const log = { source: 'log', dialect: 'claude_code' } as const

  test('counts where no span of its dialect has the call', () => {
    expect(reasons(anAgent('a', 'a'), aChat('log', tokens(9, 1), log))).toEqual({ log: 'counts' })
  })

  test('is the call in whose span it was written', () => {
    expect(
      reasons(
        aChat('span', tokens(9, 1), { dialect: 'claude_code' }),
        aChat('log', tokens(9, 1), { ...log, parentSpanId: 'span', at: 999 }),
      ),
    ).toEqual({ span: 'counts', log: 'duplicate' })
  })

  test('does not count where calls of its dialect come as spans', () => {
    expect(
      reasons(
        aChat('span', tokens(9, 1), { dialect: 'claude_code' }),
        aChat('log', tokens(8, 2), log),
      ),
    ).toEqual({ span: 'counts', log: 'spans_arrive' })
  })
})
