import { expect, test } from 'vitest'
import { keyValues, readMetric, who } from './signals.fixture.ts'

const time = { startTimeUnixNano: '1767225600000000000', timeUnixNano: '1767225660000000000' }

/** A sum with one point, as emitters of counters send it. */
function counter(
  name: string,
  value: number,
  attributes = {},
  { temporality = 2, flags = 0 } = {},
): object {
  const point = { ...time, asDouble: value, attributes: keyValues(attributes), flags }
  return {
    name,
    sum: { aggregationTemporality: temporality, isMonotonic: true, dataPoints: [point] },
  }
}

test('EX-SLI-07 the scale of a gauge of trust is configured', () => {
  const gauge = { name: 'agent.trust_score', gauge: { dataPoints: [{ ...time, asDouble: 850 }] } }
  expect(readMetric(gauge, { trustScales: { 'agent.trust_score': 1000 } })).toEqual([
    { kind: 'trust', who, atMs: 1767225660000, score: 0.85 },
  ])
  expect(readMetric(gauge)).toMatchObject([{ score: 1 }])
})

test('a counter called like a trust score is none', () => {
  expect(readMetric(counter('agent.trust_score', 1))).toEqual([undefined])
})

test('the token usage of the conventions is the sum of a histogram', () => {
  const attributes = keyValues({
    'gen_ai.token.type': 'input',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  })
  const point = { ...time, count: '3', sum: 1200, bucketCounts: ['3'], attributes }
  const metric = {
    name: 'gen_ai.client.token.usage',
    histogram: { aggregationTemporality: 2, dataPoints: [point] },
  }
  expect(readMetric(metric)).toEqual([
    {
      kind: 'usage',
      who,
      atMs: 1767225660000,
      metric: 'gen_ai.client.token.usage',
      series: expect.stringMatching(/^[0-9a-f]{26}$/),
      provider: 'openai',
      model: 'gpt-4o',
      tokenType: 'input',
      unit: 'tokens',
      value: 1200,
      temporality: 'cumulative',
      startMs: 1767225600000,
    },
  ])
})

test.each([
  ['gen_ai.client.token.usage', { 'gen_ai.token.type': 'completion' }, 'output'],
  ['gen_ai.client.inference.usage.input_tokens', {}, 'input'],
  ['gen_ai.client.inference.usage.output_tokens', {}, 'output'],
  ['gen_ai.client.inference.usage.cache_read.input_tokens', {}, 'cache_read'],
  ['gen_ai.client.inference.usage.cache_write.input_tokens', {}, 'cache_write'],
  ['gen_ai.client.inference.usage.reasoning.output_tokens', {}, 'reasoning'],
  ['claude_code.token.usage', { type: 'cacheRead' }, 'cache_read'],
  ['claude_code.token.usage', { type: 'cacheCreation' }, 'cache_write'],
  ['claude_code.token.usage', { type: 'input' }, 'input'],
  ['strands.event_loop.input.tokens', {}, 'input'],
  ['strands.event_loop.output.tokens', {}, 'output'],
  ['strands.event_loop.cache_read.input.tokens', {}, 'cache_read'],
  ['strands.event_loop.cache_write.input.tokens', {}, 'cache_write'],
  ['gen_ai.client.token.usage', { 'gen_ai.token.type': 'dreams' }, undefined],
])('%s with %j counts tokens of the type %s', (name, attributes, tokenType) => {
  expect(readMetric(counter(name, 7, attributes))).toMatchObject([
    { unit: 'tokens', value: 7, tokenType },
  ])
})

test.each(['claude_code.cost.usage', 'operation.cost'])('%s is money in nano-USD', (name) => {
  const attributes = { model: 'claude-opus-4-6', type: 'input' }
  const metric = counter(name, 0.0298, attributes, { temporality: 1 })
  expect(readMetric(metric)).toMatchObject([
    {
      unit: 'nano_usd',
      value: 29_800_000,
      tokenType: undefined,
      temporality: 'delta',
      provider: 'anthropic',
      model: 'claude-opus-4-6',
    },
  ])
})

function seriesOf(metric: object, service = 'app', instance = 'a'): string | undefined {
  const [reading] = readMetric(metric, { service, instance })
  return reading?.kind === 'usage' ? reading.series : undefined
}

test('points of one series have one name, in any order of their attributes', () => {
  const name = 'claude_code.token.usage'
  const one = seriesOf(counter(name, 7, { type: 'input', model: 'opus' }))
  expect(one).toBeDefined()
  expect(seriesOf(counter(name, 9, { model: 'opus', type: 'input' }))).toBe(one)
  expect(seriesOf(counter(name, 7, { type: 'output', model: 'opus' }))).not.toBe(one)
  expect(seriesOf(counter(name, 7, { type: 'input', model: 'opus' }), 'other')).not.toBe(one)
  expect(seriesOf(counter('claude_code.cost.usage', 7, { type: 'input', model: 'opus' }))).not.toBe(
    one,
  )
})

test('two processes that send the same series have a name each', () => {
  const usage = counter('claude_code.token.usage', 7)
  const names = ['a', 'b', 'b'].map((instance) => seriesOf(usage, 'app', instance))
  expect(names[0]).not.toBe(names[1])
  expect(names[1]).toBe(names[2])
})

test('what is no amount is nothing', () => {
  const name = 'claude_code.token.usage'
  expect(readMetric(counter(name, -1))).toEqual([undefined])
  expect(readMetric(counter(name, 1e300))).toEqual([undefined])
  expect(readMetric(counter(name, 5, {}, { flags: 1 }))).toEqual([undefined])
  expect(readMetric(counter(name, 5, {}, { temporality: 0 }))).toEqual([undefined])
  const gauge = { name, gauge: { dataPoints: [{ ...time, asDouble: 5 }] } }
  expect(readMetric(gauge)).toEqual([undefined])
})

test.each(['http.server.request.duration', 'constructor', '__proto__', ''])(
  'the metric %j tells nothing',
  (name) => {
    expect(readMetric(counter(name, 5))).toEqual([undefined])
  },
)
