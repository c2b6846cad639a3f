import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { aChat, anAgent, aRecord, tokens, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'
import { buildTree, noAncestry } from './tree.ts'

/** Each span with the span above it, in the order of the tree. */
function pairs(records: readonly SpanRecord[], ancestry = noAncestry): (string | undefined)[][] {
  const { order, parents, records: all } = buildTree(records, ancestry)
  return [...order].map((index) => [all[index]?.spanId, all[parents[index] ?? -1]?.spanId])
}

test('parents come before their children, though they may have started later', () => {
  const records = [
    aRecord('child', { parentSpanId: 'parent', at: 0 }),
    aRecord('parent', { at: 5 }),
    aRecord('other', { at: 3 }),
  ]
  expect(pairs(records)).toEqual([
    ['other', undefined],
    ['parent', undefined],
    ['child', 'parent'],
  ])
})

test('a parent that was never seen makes a root', () => {
  expect(pairs([aRecord('a', { parentSpanId: 'unseen' })])).toEqual([['a', undefined]])
})

test('spans without records are walked over by what is known of them', () => {
  const ancestry = { nearestRecord: (spanId: string) => (spanId === 'b' ? 'a' : undefined) }
  const records = [aRecord('a'), aRecord('b', { parentSpanId: 'http', at: 1 })]
  expect(pairs(records, ancestry)).toEqual([
    ['a', undefined],
    ['b', 'a'],
  ])
})

test('records that are not looked at now are walked over too', () => {
  const above = new Map([
    ['c', 'late'],
    ['late', 'a'],
  ])
  const ancestry = { nearestRecord: (spanId: string) => above.get(spanId) }
  const records = [aRecord('a'), aRecord('c', { parentSpanId: 'late', at: 1 })]
  expect(pairs(records, ancestry)).toContainEqual(['c', 'a'])
})

test('an ancestry that goes in circles ends', () => {
  const ancestry = { nearestRecord: () => 'nowhere' }
  expect(pairs([aRecord('a', { parentSpanId: 'x' })], ancestry)).toEqual([['a', undefined]])
})

test('spans that are above each other hang below the first of them', () => {
  const records = [
    aRecord('a', { parentSpanId: 'c', at: 2 }),
    aRecord('b', { parentSpanId: 'a', at: 1 }),
    aRecord('c', { parentSpanId: 'b', at: 3 }),
    aRecord('self', { parentSpanId: 'self', at: 9 }),
  ]
  expect(pairs(records)).toEqual([
    ['b', undefined],
    ['c', 'b'],
    ['a', 'c'],
    ['self', undefined],
  ])
})

describe('100 000 spans settle quickly', { timeout: 60_000 }, () => {
  const size = 100_000
  const name = (nth: number) => nth.toString(16).padStart(16, '0')
  const inChain = (nth: number) => (nth === 0 ? '' : name(nth - 1))
  const settledOf = (told: (nth: number) => SpanRecord) =>
    settled({ traceId, records: Array.from({ length: size }, (_, nth) => told(nth)) })
  const isCounted = ({ notCounted }: { notCounted: string | undefined }) => notCounted === undefined

  test('when each repeats the call around it', () => {
    const { calls } = settledOf((i) => aChat(name(i), tokens(1, 1), { parentSpanId: inChain(i) }))
    expect(calls.filter(isCounted)).toHaveLength(1)
  })

  test('when all of them have one response id', () => {
    const { calls } = settledOf((i) =>
      aChat(name(i), tokens(1, 1), { scope: name(i), call: { responseId: 'r' } }),
    )
    expect(calls.filter(isCounted)).toHaveLength(1)
  })

  test('when all of them look alike and are in one scope', () => {
    const { calls } = settledOf((i) => aChat(name(i), tokens(1, 1)))
    expect(calls.filter(isCounted)).toHaveLength(size)
  })

  test('when each agent calls the next', () => {
    const { tasks } = settledOf((i) => anAgent(name(i), name(i), { parentSpanId: inChain(i) }))
    expect(tasks).toMatchObject([{ depth: size - 1 }])
  })

  test('when they stand in a circle', () => {
    const { tasks } = settledOf((i) =>
      anAgent(name(i), 'a', { parentSpanId: name((i + 1) % size) }),
    )
    expect(tasks).toMatchObject([{ spanId: name(0) }])
  })

  test('when all of them are one tool call that failed', () => {
    const { toolCalls } = settledOf((i) =>
      aRecord(name(i), { operation: 'execute_tool', isError: true, tool: { callId: 'c' } }),
    )
    expect(toolCalls.filter(isCounted)).toHaveLength(1)
  })

  test('when all of them are one decision', () => {
    const { policyChecks } = settledOf((i) =>
      aRecord(name(i), { parentSpanId: inChain(i), policy: { decision: 'deny' } }),
    )
    expect(policyChecks.filter(({ outcome }) => outcome !== 'ignored')).toHaveLength(1)
  })
})
