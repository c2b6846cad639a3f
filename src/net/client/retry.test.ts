import { expect, test } from 'vitest'
import { backoffMs } from './retry.ts'
import { httpFailure, retryOnFailure } from './retry-config.ts'
import { scriptedQueue, sent, unavailable } from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

test('the waits grow by half from 5 s to 30 s and vary by half', () => {
  const policy = retryOnFailure(httpFailure(), 'none').parse({})
  const shortest = [0, 1, 2, 3, 4, 5, 9].map((retry) => backoffMs(policy, retry, () => 0))
  const middle = [0, 1, 2, 3, 4, 5, 9].map((retry) => backoffMs(policy, retry, () => 0.5))
  const longest = [0, 1, 2, 3, 4, 5, 9].map((retry) => backoffMs(policy, retry, () => 1))
  expect(middle).toEqual([5000, 7500, 11_250, 16_875, 25_312.5, 30_000, 30_000])
  expect(shortest).toEqual(middle.map((it) => it / 2))
  expect(longest).toEqual(middle.map((it) => it * 1.5))
})

test('retries after the wait and then delivers', async () => {
  const it = scriptedQueue((attempt) => (attempt < 3 ? unavailable : sent))
  it.deliver(someSpans(2))
  await it.scheduler.advanceTo(4999)
  expect(it.attemptsAtMs).toEqual([0])
  await it.scheduler.advanceTo(60_000)
  expect(it.attemptsAtMs).toEqual([0, 5000, 12_500])
  expect(it.status()).toMatchObject({ ledger: { delivered: 2, held: 0 }, state: 'ok' })
  expect(it.log.lines).toEqual([
    {
      level: 'info',
      fields: { error: 'HTTP 503', interval: '5.000s' },
      message: 'Exporting failed. Will retry the request after interval.',
    },
  ])
})

test('gives up before a wait that would end after max_elapsed_time', async () => {
  const it = scriptedQueue(() => unavailable)
  const outcomes = it.deliver(someSpans(3))
  await it.scheduler.advanceTo(600_000)
  // 5 + 7.5 + 11.25 + 16.875 + 25.3125 s, then 30 s each: the next would end at 305.9 s.
  expect(it.attemptsAtMs.at(-1)).toBe(275_937.5)
  expect(it.attemptsAtMs).toHaveLength(13)
  expect(outcomes).toEqual([{ kind: 'delivered' }])
  expect(it.status()).toMatchObject({
    ledger: { received: 3, delivered: 0, dropped: { retries_exhausted: 3 }, held: 0 },
    last_error: 'no more retries left: HTTP 503',
    state: 'failing',
  })
  expect(it.log.lines.at(-1)).toEqual({
    level: 'error',
    fields: {
      error: 'no more retries left: HTTP 503',
      dropped_items: 3,
      reason: 'retries_exhausted',
    },
    message: 'Exporting failed. Dropping data.',
  })
})

test('never gives up when max_elapsed_time is 0', async () => {
  const it = scriptedQueue(() => unavailable, { retry: { max_elapsed_time: '0' } })
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(3_600_000)
  expect(it.attemptsAtMs.length).toBeGreaterThan(100)
  expect(it.status()).toMatchObject({ ledger: { held: 1 }, state: 'retrying' })
})

test('a throttle delay wins over a shorter wait and pauses every worker', async () => {
  const throttled = { kind: 'retryable', reason: 'HTTP 429', retryAfterMs: 20_000 } as const
  const it = scriptedQueue((attempt) => (attempt === 1 ? throttled : sent))
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(1000)
  expect(it.status()).toMatchObject({ state: 'throttled' })
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(19_999)
  expect(it.attemptsAtMs).toEqual([0])
  await it.scheduler.advanceTo(20_000)
  expect(it.attemptsAtMs).toEqual([0, 20_000, 20_000])
})

test('a throttle delay beyond max_elapsed_time gives the request up and pauses no longer', async () => {
  const throttled = { kind: 'retryable', reason: 'HTTP 429', retryAfterMs: 86_400_000 } as const
  const it = scriptedQueue((attempt) => (attempt === 1 ? throttled : sent))
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(1)
  expect(it.status()).toMatchObject({ ledger: { dropped: { retries_exhausted: 1 } } })
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(300_000)
  expect(it.attemptsAtMs).toEqual([0, 300_000])
})

test('does not retry when retries are switched off, and says how to switch them on', async () => {
  const it = scriptedQueue(() => unavailable, { retry: { enabled: false } })
  it.deliver(someSpans(1))
  await it.scheduler.advanceTo(60_000)
  expect(it.attemptsAtMs).toEqual([0])
  expect(it.log.lines.at(-1)?.fields).toMatchObject({
    error: 'HTTP 503. Try enabling retry_on_failure config option to retry on retryable errors.',
  })
})

test('a policy that contradicts itself is refused with every problem', () => {
  const policy = retryOnFailure(httpFailure(), 'none').safeParse({ max_elapsed_time: '1s' })
  expect(policy.error?.issues.map((it) => it.message)).toEqual([
    "'max_elapsed_time' must not be less than 'initial_interval'",
    "'max_elapsed_time' must not be less than 'max_interval'",
  ])
  const ranges = retryOnFailure(httpFailure(), 'none').safeParse({
    randomization_factor: 2,
    multiplier: -1,
  })
  expect(ranges.error?.issues.map((it) => it.message)).toEqual([
    'randomization_factor value must be less than or equal to 1',
    'multiplier value must be greater than or equal to 0',
  ])
  expect(
    retryOnFailure(httpFailure(), 'none').safeParse({ enabled: false, max_elapsed_time: '1s' })
      .success,
  ).toBe(true)
  expect(retryOnFailure(httpFailure(), 'none').safeParse({ max_elapsed_time: '0' }).success).toBe(
    true,
  )
})
