import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LlmCall } from '../../facts/fact.ts'
import type { DialectName } from '../dialect.ts'
import type { Operation } from '../operation.ts'
import type { SpanRecord, UsageRole } from '../span-record.ts'
import { newerRecord } from './newer-record.ts'
import { aRecord, aVerdict, tokens, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'
import { factsOfRecord, factsOfTrace } from './trace-facts.ts'

const ids = Array.from({ length: 12 }, (_, nth) => `span-${nth}`)
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const agents = fc.constantFrom('Triage', 'Billing', 'Search')

const operations = fc.constantFrom<Operation[]>(
  'chat',
  'chat',
  'invoke_agent',
  'invoke_workflow',
  'execute_tool',
  'mcp_request',
  'policy_check',
  'delegation',
  'evaluator',
  'chain',
  'other',
)
const dialects = fc.constantFrom<DialectName[]>('otel', 'openinference', 'litellm', 'langfuse')

const callPart = fc.record({
  role: fc.constantFrom<UsageRole[]>('inference', 'inference', 'wrapper', 'cumulative', 'copy'),
  provider: maybe(fc.constantFrom('openai', 'anthropic')),
  requestModel: maybe(fc.constantFrom('gpt-4o', 'gpt-4o-2024-08-06', 'claude-sonnet-4')),
  responseId: maybe(fc.constantFrom('r1', 'r2', 'r3')),
  usage: maybe(
    fc.tuple(fc.constantFrom(10, 20), fc.constantFrom(1, 2, 3)).map(([a, b]) => tokens(a, b)),
  ),
  reportedNanoUsd: maybe(fc.constantFrom(0, 5)),
  isCachedReplay: fc.constantFrom(false, false, false, true),
  isGateway: fc.boolean(),
})

/** A record of a small hostile world: few ids, parents that may be anything, times that collide. */
const record: fc.Arbitrary<SpanRecord> = fc
  .record({
    spanId: fc.constantFrom(...ids),
    parentSpanId: fc.constantFrom('', 'unseen', ...ids),
    source: fc.constantFrom<SpanRecord['source'][]>('span', 'span', 'span', 'log'),
    at: fc.constantFrom(0, 10, 60, 1_000),
    for: fc.constantFrom(0, 10, 500),
    operation: operations,
    dialect: dialects,
    scope: fc.constantFrom('a', 'b'),
    isError: fc.boolean(),
    who: fc.record({ agent: maybe(agents), agentVersion: maybe(fc.constant('2')) }),
    call: maybe(callPart),
    tool: maybe(
      fc.record({
        tool: fc.constantFrom('search', 'pay'),
        callId: maybe(fc.constantFrom('c1', 'c2')),
        layer: fc.constantFrom('framework', 'mcp_client', 'mcp_server', 'gateway'),
        requestId: maybe(fc.constantFrom('1', '2')),
      }),
    ),
    run: maybe(fc.record({ success: maybe(fc.boolean()), confidence: maybe(fc.constant(0.9)) })),
    policy: maybe(
      fc.record({
        decision: maybe(fc.constantFrom('allow', 'deny', 'require_approval')),
        rule: maybe(fc.constantFrom('x', 'y')),
        by: fc.constantFrom('policy', 'human'),
      }),
    ),
    handover: maybe(fc.record({ from: maybe(agents), to: maybe(agents) })),
    verdicts: fc.constantFrom<SpanRecord['verdicts'][]>(
      [],
      [aVerdict('task_success', { isPassed: false, evaluatorVersion: '2' })],
      [aVerdict('task_success', { isPassed: true, scope: 'trace' })],
    ),
  })
  .map(({ spanId, ...told }) => aRecord(spanId, told))

const records = fc.array(record, { maxLength: 14 })
/** What came, as often and in the order it came, and the same once more in another. */
const twoArrivals = records.chain((all) =>
  fc.record({
    first: fc.constant(all),
    second: fc.tuple(fc.constant(all), fc.subarray(all)).chain(([those, again]) =>
      fc.shuffledSubarray([...those, ...again], {
        minLength: those.length + again.length,
        maxLength: those.length + again.length,
      }),
    ),
  }),
)

function isCounted(call: LlmCall): boolean {
  return call.notCounted === undefined
}

function tokensOf(calls: readonly LlmCall[]): number {
  return calls.reduce(
    (sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
    0,
  )
}

describe('a trace', () => {
  test('gives the same facts in any order, and however often a span comes', () => {
    fc.assert(
      fc.property(twoArrivals, ({ first, second }) => {
        const facts = factsOfTrace({ traceId, records: first })
        expect(JSON.stringify(factsOfTrace({ traceId, records: second }))).toBe(
          JSON.stringify(facts),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  test('has the tokens of each counted call in one task or in none', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { tasks, calls } = settled({ traceId, records: all })
        const counted = calls.filter(isCounted)
        const inTasks = tasks.reduce((sum, it) => sum + it.inputTokens + it.outputTokens, 0)
        const outside = tokensOf(counted.filter(({ task }) => task === undefined))
        expect(inTasks + outside).toBe(tokensOf(counted))
        const llmCalls = tasks.reduce((sum, it) => sum + it.llmCalls, 0)
        expect(llmCalls).toBe(counted.filter(({ task }) => task !== undefined).length)
      }),
      { numRuns: 500 },
    )
  })

  test('counts at most one inference for a response id of one provider and its tokens out', () => {
    fc.assert(
      fc.property(records, (all) => {
        const kept = Map.groupBy(all, ({ spanId }) => spanId).values()
        const inferences = new Set(
          [...kept]
            .map((those) => those.reduce(newerRecord))
            .filter(({ call }) => call?.role === 'inference')
            .map(({ spanId }) => spanId),
        )
        const answers = settled({ traceId, records: all })
          .calls.filter((call) => isCounted(call) && inferences.has(call.spanId))
          .flatMap(({ responseId, provider, usage }) =>
            responseId === undefined || provider === undefined || usage === undefined
              ? []
              : `${provider} ${responseId} ${usage.outputTokens}`,
          )
        expect(new Set(answers).size).toBe(answers.length)
      }),
      { numRuns: 500 },
    )
  })

  test('tells of every span what was told of it at once, so that all of it can be corrected', () => {
    fc.assert(
      fc.property(records, (all) => {
        const kept = [...new Map(all.map((it) => [it.spanId, it])).values()]
        const kinds = new Set(['llm_call', 'tool_call', 'policy_check', 'evaluation'])
        const named = (fact: { kind: string; spanId: string }) => `${fact.kind} ${fact.spanId}`
        const atOnce = kept
          .flatMap((it) => factsOfRecord(it, traceId))
          .filter((it) => kinds.has(it.kind))
        const later = factsOfTrace({ traceId, records: kept }).map(named)
        expect(later).toEqual(expect.arrayContaining(atOnce.map(named)))
      }),
      { numRuns: 500 },
    )
  })

  test('gives every duplicate a span that counts', () => {
    fc.assert(
      fc.property(records, (all) => {
        const { calls } = settled({ traceId, records: all })
        const counted = calls.filter(isCounted).map(({ spanId }) => `${traceId}/${spanId}`)
        const duplicates = calls.filter(({ notCounted }) => notCounted === 'duplicate')
        expect(counted).toEqual(
          expect.arrayContaining(duplicates.map(({ duplicateOf }) => duplicateOf)),
        )
      }),
      { numRuns: 500 },
    )
  })
})

describe('of two records of one span', () => {
  const ofOne = record.map((it) => ({ ...it, spanId: 'a' }))

  test('the same stays in any order and grouping', () => {
    fc.assert(
      fc.property(ofOne, ofOne, ofOne, (a, b, c) => {
        expect(newerRecord(a, b)).toEqual(newerRecord(b, a))
        expect(newerRecord(newerRecord(a, b), c)).toEqual(newerRecord(a, newerRecord(b, c)))
        expect(newerRecord(a, structuredClone(a))).toEqual(a)
      }),
    )
  })

  test('the one stays that ended later', () => {
    const early = aRecord('a', { for: 10, name: 'z' })
    const late = aRecord('a', { for: 20, name: 'b' })
    expect(newerRecord(early, late)).toBe(late)
    expect(newerRecord(late, early)).toBe(late)
  })
})
