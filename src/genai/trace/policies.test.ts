import { describe, expect, test } from 'vitest'
import type { SpanRecord } from '../span-record.ts'
import { anAgent, aRecord, type Told, traceId } from './records.fixture.ts'
import { settled } from './settled.ts'

function aCheck(spanId: string, told: Told = {}): SpanRecord {
  return aRecord(spanId, { operation: 'policy_check', ...told })
}

function checks(...records: readonly SpanRecord[]) {
  return settled({ traceId, records }).policyChecks
}

function decided(...records: readonly SpanRecord[]) {
  return checks(...records).filter(({ outcome }) => outcome !== 'ignored')
}

test.each([
  ['allow', 'good'],
  ['warn', 'good'],
  ['deny', 'bad'],
  ['error', 'bad'],
  ['require_approval', 'ignored'],
  ['escalate', 'ignored'],
  ['transform', 'ignored'],
  ['simulate', 'ignored'],
  [undefined, 'ignored'],
] as const)('a decision to %s is %s', (decision, outcome) => {
  expect(checks(aCheck('a', { policy: { decision } }))).toMatchObject([{ decision, outcome }])
})

test('a filter of what may be seen is no decision about an attempt', () => {
  const policy = { decision: 'deny', stage: 'visibility' } as const
  expect(checks(aCheck('a', { policy }))).toMatchObject([{ outcome: 'ignored' }])
})

describe('decisions are one', () => {
  const asked = { decision: 'require_approval', rule: 'pay' } as const

  test('when a person answers beside the rule that asks', () => {
    const answer = { decision: 'allow', rule: 'pay', by: 'human' } as const
    expect(
      decided(aCheck('a', { policy: asked }), aCheck('b', { at: 5, policy: answer })),
    ).toMatchObject([{ spanId: 'a', decision: 'allow', by: 'human', outcome: 'good' }])
  })

  test('but a second answer is one more', () => {
    const answer = { decision: 'deny', rule: 'pay', by: 'human' } as const
    const records = [
      aCheck('a', { policy: asked }),
      aCheck('b', { at: 5, policy: answer }),
      aCheck('c', { at: 9, policy: answer }),
    ]
    expect(decided(...records).map(({ spanId }) => spanId)).toEqual(['a', 'c'])
  })

  test('when the log repeats what a span says', () => {
    const policy = { decision: 'deny', rule: 'pay' } as const
    expect(
      decided(aCheck('a', { policy }), aCheck('log', { source: 'log', at: 9, policy })),
    ).toMatchObject([{ spanId: 'a', outcome: 'bad' }])
  })
})

describe('a decision inside another is the same', () => {
  const outer = aCheck('a', { policy: { decision: 'deny', rule: 'pay' } })
  const inside = { parentSpanId: 'a', policy: { decision: 'deny' } } as const

  test('when the log tells of it', () => {
    const log = aCheck('log', { ...inside, source: 'log' })
    expect(decided(outer, log)).toMatchObject([{ spanId: 'a' }])
  })

  test('through a span that says nothing', () => {
    const between = aRecord('between', { parentSpanId: 'a' })
    const check = aCheck('b', { ...inside, parentSpanId: 'between' })
    expect(decided(outer, between, check)).toMatchObject([{ spanId: 'a' }])
  })

  test('and is enforced as the outermost says that decided', () => {
    const logOnly = aCheck('a', { tool: {}, policy: { decision: 'deny', isEnforced: false } })
    expect(decided(logOnly, aCheck('b', inside))).toMatchObject([{ isEnforced: false }])
    const silent = aCheck('a', { tool: {}, policy: { isEnforced: false } })
    expect(decided(silent, aCheck('b', inside))).toMatchObject([{ isEnforced: true }])
  })

  test('when a gateway asked a guardrail about a tool', () => {
    const gateway = aCheck('a', { tool: {}, policy: { decision: 'deny' } })
    const guard = aCheck('b', { ...inside, policy: { decision: 'deny', by: 'guardrail' } })
    expect(decided(gateway, guard)).toMatchObject([{ spanId: 'a', by: 'policy' }])
    expect(decided(outer, guard)).toHaveLength(2)
  })
})

describe('decisions are several', () => {
  const policy = { decision: 'allow', rule: 'pay' } as const

  test('when one rule decides twice', () => {
    expect(decided(aCheck('a', { policy }), aCheck('b', { at: 5, policy }))).toHaveLength(2)
  })

  test('when a tool or an evaluator stands between', () => {
    const through = (told: Told) =>
      decided(
        aCheck('a', { policy }),
        aRecord('between', { parentSpanId: 'a', ...told }),
        aCheck('b', { parentSpanId: 'between', policy }),
      )
    expect(through({ operation: 'execute_tool', tool: {} })).toHaveLength(2)
    expect(through({ operation: 'evaluator' })).toHaveLength(2)
  })

  test('when a run stands between, or a filter of content is inside a policy', () => {
    expect(
      decided(
        aCheck('a', { policy }),
        anAgent('run', 'bot', { parentSpanId: 'a' }),
        aCheck('b', { parentSpanId: 'run', policy }),
      ),
    ).toHaveLength(2)
    const filtered = { decision: 'deny', by: 'content_filter' } as const
    expect(
      decided(aCheck('a', { policy }), aCheck('b', { parentSpanId: 'a', policy: filtered })),
    ).toHaveLength(2)
  })

  test('when the log tells of one that no span has', () => {
    const denial = { decision: 'deny', rule: 'other' } as const
    expect(
      decided(aCheck('a', { policy }), aCheck('log', { source: 'log', policy: denial })),
    ).toHaveLength(2)
  })
})
