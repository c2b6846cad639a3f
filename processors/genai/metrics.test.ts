import { describe, expect, test } from 'vitest'
import { at } from './agents.fixture.ts'
import { type PointSaying, pointRequest, type Values } from './requests.fixture.ts'
import { RunningGenai } from './running.fixture.ts'

const tokens: Values = {
  'gen_ai.token.type': 'input',
  'gen_ai.request.model': 'gpt-5',
  'gen_ai.provider.name': 'openai',
}

interface Point extends Partial<PointSaying> {
  readonly value: number
  readonly second: number
  readonly fromSecond?: number
}

/** Tokens reported by the points of a sum, one after another. */
function reported(kind: 'delta' | 'cumulative', points: readonly Point[], isRestarted = false) {
  const genai = new RunningGenai()
  for (const { value, second, fromSecond = 0, attributes = tokens, ...more } of points) {
    const times = { fromMs: at(fromSecond), atMs: at(second) }
    const saying = { kind, value, attributes, ...times, ...more }
    genai.send(pointRequest('gen_ai.client.token.usage', saying), at(10_000))
    if (isRestarted) genai.restart()
  }
  return genai.told('usage_report').map((it) => it.tokens)
}

describe('a sum that its sender keeps is reported', () => {
  test('with its model, provider and kind of tokens, as evidence and never as a call', () => {
    const genai = new RunningGenai()
    const saying = { kind: 'delta', value: 100, attributes: tokens } as const
    genai.send(pointRequest('gen_ai.client.token.usage', saying), at(2))
    expect(genai.facts).toMatchObject([
      {
        kind: 'usage_report',
        metric: 'gen_ai.client.token.usage',
        provider: 'openai',
        model: 'gpt-5',
        tokenType: 'input',
        tokens: 100,
        nanoUsd: undefined,
        atMs: at(1),
        agent: 'support',
        traceId: '',
        spanId: '',
      },
    ])
  })

  test.each([
    ['in this process', false],
    ['over a restart of ours', true],
  ])('by what it has grown, %s', (_, isRestarted) => {
    const points = [
      { value: 100, second: 1 },
      { value: 150, second: 2 },
      { value: 150, second: 3 },
      { value: 170, second: 4 },
    ]
    expect(reported('cumulative', points, isRestarted)).toEqual([100, 50, 20])
  })

  test('in full where its sender has started anew', () => {
    const points = [
      { value: 100, second: 1 },
      { value: 30, second: 20, fromSecond: 15 },
      { value: 40, second: 30, fromSecond: 15 },
    ]
    expect(reported('cumulative', points)).toEqual([100, 30, 10])
  })

  test('in full where it is smaller than before, though its start is the same', () => {
    const points = [
      { value: 100, second: 1 },
      { value: 30, second: 20 },
    ]
    expect(reported('cumulative', points)).toEqual([100, 30])
  })

  test('only from its second point on where it is older than ten minutes', () => {
    const points = [
      { value: 9_000, second: 5_000 },
      { value: 9_100, second: 5_010 },
    ]
    expect(reported('cumulative', points)).toEqual([100])
  })

  test('point by point where each point is what came since the one before', () => {
    const points = [
      { value: 5, second: 1, fromSecond: 0 },
      { value: 5, second: 2, fromSecond: 1 },
      { value: 7, second: 3, fromSecond: 2 },
    ]
    expect(reported('delta', points)).toEqual([5, 5, 7])
  })

  test.each(['delta', 'cumulative'] as const)('once where a %s point comes twice', (kind) => {
    const point = { value: 5, second: 2, fromSecond: 1 }
    expect(reported(kind, [point, point])).toEqual([5])
    expect(reported(kind, [point, point], true)).toEqual([5])
  })

  test('each series by itself', () => {
    const output = { ...tokens, 'gen_ai.token.type': 'output' }
    const points = [
      { value: 100, second: 1 },
      { value: 10, second: 1, attributes: output },
      { value: 1, second: 1, resource: { 'service.name': 'support', 'service.instance.id': 'b' } },
      { value: 110, second: 2 },
      { value: 12, second: 2, attributes: output },
      { value: 3, second: 2, resource: { 'service.name': 'support', 'service.instance.id': 'b' } },
    ]
    expect(reported('cumulative', points)).toEqual([100, 10, 1, 10, 2, 2])
  })

  test('in nano-USD where it is money', () => {
    const genai = new RunningGenai()
    const saying = {
      kind: 'delta',
      value: 0.0125,
      attributes: { model: 'claude-opus-4-5' },
    } as const
    genai.send(pointRequest('claude_code.cost.usage', saying), at(2))
    expect(genai.told('usage_report')).toMatchObject([{ nanoUsd: 12_500_000, tokens: undefined }])
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('not at all where it is %d', (value) => {
    expect(reported('delta', [{ value, second: 1 }])).toEqual([])
  })
})

test('EX-SLI-07 a gauge of trust is a report of its scale', () => {
  const genai = new RunningGenai({ trust_scales: { 'agent.trust_score': 1_000 } })
  const attributes = { 'gen_ai.agent.name': 'billing' }
  const saying = { kind: 'gauge', value: 850, attributes } as const
  genai.send(pointRequest('agent.trust_score', saying), at(2))
  expect(genai.facts).toMatchObject([
    { kind: 'trust_report', score: 0.85, agent: 'billing', atMs: at(1) },
  ])
})

test('metrics of something else are nothing to it', () => {
  const genai = new RunningGenai()
  const payload = pointRequest('http.server.request.duration', { kind: 'delta', value: 1 })
  expect(genai.send(payload, at(2))).toHaveProperty('payload', payload)
  expect(genai.facts).toEqual([])
})

test('a point far ahead is of now, and its series goes on', () => {
  const genai = new RunningGenai()
  const send = (atMs: number, receivedMs: number) =>
    genai.send(
      pointRequest('gen_ai.client.token.usage', { kind: 'delta', value: 5, atMs, fromMs: at(0) }),
      receivedMs,
    )
  send(at(999_999), at(2))
  send(at(3), at(3))
  expect(genai.told('usage_report')).toMatchObject([{ atMs: at(2) }, { atMs: at(3) }])
})

test('a trust score far ahead is of now', () => {
  const genai = new RunningGenai()
  const saying = { kind: 'gauge', value: 0.5, atMs: at(999_999) } as const
  genai.send(pointRequest('agent.trust_score', saying), at(2))
  expect(genai.told('trust_report')).toMatchObject([{ atMs: at(2) }])
})
