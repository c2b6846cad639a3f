import { expect, test } from 'vitest'
import { delivered, type Outcome } from '../../src/component/delivery.ts'
import { post, protobufOf } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const retryable = { kind: 'retryable', reason: 'the queue is full' } as const
const permanent = { kind: 'permanent', reason: 'not wanted' } as const

test.each<[Outcome, number, string | undefined, number]>([
  [retryable, 503, '1', 14],
  [{ ...retryable, retryAfterMs: 200 }, 503, '1', 14],
  [{ ...retryable, retryAfterMs: 1001 }, 503, '2', 14],
  [{ ...retryable, retryAfterMs: 60_000 }, 503, '5', 14],
  [{ ...retryable, grpcStatus: 8 }, 429, '1', 8],
  [{ ...retryable, grpcStatus: 4 }, 503, '1', 4],
  [{ ...retryable, grpcStatus: 3 }, 503, '1', 14],
  [permanent, 500, undefined, 13],
  [{ ...permanent, grpcStatus: 3 }, 400, undefined, 3],
  [{ ...permanent, grpcStatus: 16 }, 401, undefined, 16],
  [{ ...permanent, grpcStatus: 7 }, 403, undefined, 7],
  [{ ...permanent, grpcStatus: 12 }, 404, undefined, 12],
  [{ ...permanent, grpcStatus: 5 }, 500, undefined, 5],
  [{ ...permanent, grpcStatus: 14 }, 500, undefined, 14],
])('%o is answered %i, Retry-After %s, code %i', async (outcome, status, retryAfter, code) => {
  using receiver = await runReceiver({ respond: () => outcome })
  const answer = await post(receiver.url, {
    type: 'application/json',
    body: '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"}]}]}]}',
  })
  expect(answer).toMatchObject({ status, type: 'application/json' })
  expect(answer.headers['retry-after']).toBe(retryAfter)
  expect(answer.json()).toEqual({ code, message: 'reason' in outcome ? outcome.reason : '' })
  expect(receiver.reservedBytes()).toBe(0)
})

test('a long reason is shortened', async () => {
  const reason = 'x'.repeat(1_000_000)
  using receiver = await runReceiver({ respond: () => ({ ...permanent, reason }) })
  expect((await post(receiver.url)).bytes.length).toBeLessThan(2000)
})

test('items are counted by what became of them, and all three series exist from the start', async () => {
  const outcomes: Outcome[] = [delivered, retryable, permanent]
  using receiver = await runReceiver({ respond: () => outcomes.shift() })
  await post(receiver.url, { body: protobufOf('traces', 3) })
  expect(await receiver.counters()).toEqual({
    otelcol_receiver_accepted_spans: 3,
    otelcol_receiver_refused_spans: 0,
    otelcol_receiver_failed_spans: 0,
  })
  await post(receiver.url, { path: '/v1/logs', body: protobufOf('logs', 5) })
  await post(receiver.url, { path: '/v1/metrics', body: protobufOf('metrics', 7) })
  await post(receiver.url, { body: 'no spans' })
  expect(await receiver.counters()).toMatchObject({
    otelcol_receiver_refused_log_records: 5,
    otelcol_receiver_accepted_log_records: 0,
    otelcol_receiver_refused_metric_points: 7,
    'otelcol_receiver_requests_rejected{bad_request}': 1,
  })
  expect(receiver.status()).toEqual({
    listening: [receiver.url],
    requests: {
      delivered: 1,
      retryable: 1,
      permanent: 1,
      failed: 0,
      empty: 0,
      rejected: { bad_request: 1 },
    },
    unsettled: 0,
  })
})

test('a client is answered when its delivery is settled, and never before', async () => {
  using receiver = await runReceiver({ respond: () => undefined })
  let isAnswered = false
  const answer = post(receiver.url).finally(() => {
    isAnswered = true
  })
  const delivery = await receiver.deliveries.next()
  expect(isAnswered).toBe(false)
  expect(receiver.status()).toMatchObject({ unsettled: 1 })
  delivery.settle(delivered)
  delivery.settle(permanent)
  expect(await answer).toMatchObject({ status: 200 })
  expect(receiver.status()).toMatchObject({
    requests: { delivered: 1, permanent: 0 },
    unsettled: 0,
  })
})

test.each(['memory', 'durable', 'downstream', undefined] as const)(
  'a delivery says that its client is answered when it is in %s',
  async (acknowledge) => {
    using receiver = await runReceiver({ config: { acknowledge } })
    await post(receiver.url)
    expect(receiver.deliveries.all[0]?.acknowledge).toBe(acknowledge)
  },
)

test('one warning tells of many rejected requests, and holds nothing of their bodies', async () => {
  using receiver = await runReceiver()
  const body = '{"resourceSpans": my secret prompt'
  for (let i = 0; i < 5; i++) await post(receiver.url, { type: 'application/json', body })
  const warnings = receiver.log.lines.filter((it) => it.level === 'warn')
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({
    message: 'rejected a request',
    fields: { reason: 'bad_request', signal: 'traces', client: '127.0.0.1' },
  })
  expect(JSON.stringify(receiver.log.lines)).not.toContain('secret')
})
