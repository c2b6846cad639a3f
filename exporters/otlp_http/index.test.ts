import { expect, test } from 'vitest'
import { factsBatch, itemCount, telemetryBatch } from '../../src/component/batch.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { until } from '../../src/net/client/running-exporter.fixture.ts'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { concat, encode } from '../../src/pdata/payload.ts'
import { running } from './running.fixture.ts'
import { answers, scriptedServer } from './scripted-server.fixture.ts'

const ok = answers.status(200)

test.each(['gzip', 'zstd', 'none'])(
  'sends the very bytes, compressed with %s',
  async (compression) => {
    const server = await scriptedServer([ok])
    const exporter = running({ endpoint: `${server.url}/`, compression })
    const batch = someSpans(3)
    expect(await exporter.send(batch)).toEqual({ kind: 'delivered' })
    const [request] = server.requests
    expect(request?.method).toBe('POST')
    expect(request?.path).toBe('/v1/traces')
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'user-agent': expect.stringMatching(/^agent-sre\/\d+\.\d+\.\d+ \(\w+\/\w+\)$/),
    })
    expect(request?.headers['content-encoding']).toBe(
      compression === 'none' ? undefined : compression,
    )
    expect(request?.body.equals(encode(batch.payload))).toBe(true)
  },
)

test.each([
  ['gzip', 3],
  ['none', 3],
  ['none', 9000],
])('sends what was merged as one request: %s, %d spans', async (compression, count) => {
  const server = await scriptedServer([ok])
  const exporter = running({ endpoint: server.url, compression })
  const payload = concat('traces', [someSpans(count).payload, someSpans(4).payload])
  expect(await exporter.send(telemetryBatch(payload))).toEqual({ kind: 'delivered' })
  expect(server.requests[0]?.body.equals(encode(payload))).toBe(true)
})

test('speaks JSON when asked to', async () => {
  const server = await scriptedServer([ok])
  const exporter = running({ endpoint: server.url, encoding: 'json' })
  const batch = someSpans(2)
  await exporter.send(batch)
  const [request] = server.requests
  expect(request?.headers['content-type']).toBe('application/json')
  expect(Buffer.from(fromJson('traces', request?.body ?? '')).equals(encode(batch.payload))).toBe(
    true,
  )
})

test('an endpoint of a signal is used as it stands, and configured headers win', async () => {
  const server = await scriptedServer([ok])
  const exporter = running({
    endpoint: 'http://127.0.0.1:1',
    traces_endpoint: `${server.url.replace('//', '//user:canary@')}/in?key=1`,
    headers: { 'User-Agent': 'mine', 'X-Tenant': 'a' },
  })
  expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  expect(server.requests[0]?.path).toBe('/in?key=1')
  expect(server.requests[0]?.headers).toMatchObject({
    'user-agent': 'mine',
    'x-tenant': 'a',
    authorization: `Basic ${Buffer.from('user:canary').toString('base64')}`,
  })
})

test.each(['1500ms', '30000.0005ms', '30d', '10000h'])(
  'a timeout of %s is one that a request can have',
  async (timeout) => {
    const server = await scriptedServer([ok])
    const exporter = running({ endpoint: server.url, timeout, idle_conn_timeout: timeout })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  },
)

test('facts without spans send nothing', async () => {
  const server = await scriptedServer([ok])
  const exporter = running({ endpoint: server.url })
  expect(await exporter.send(factsBatch('traces', []))).toEqual({ kind: 'delivered' })
  expect(server.requests).toEqual([])
})

test('retries in virtual time until the destination is back', async () => {
  const server = await scriptedServer([answers.status(503), answers.reset, ok])
  const scheduler = new VirtualScheduler()
  const exporter = running(
    { endpoint: server.url, sending_queue: {}, retry_on_failure: {} },
    { scheduler },
  )
  expect(await exporter.send(someSpans(2))).toEqual({ kind: 'delivered' })
  await until(() => scheduler.nextMs === 5000)
  await scheduler.advanceTo(5000)
  await until(() => scheduler.nextMs === 12_500)
  exporter.source.complete()
  await scheduler.advanceTo(12_500)
  await until(exporter.isComplete)
  expect(server.requests).toHaveLength(3)
  expect(exporter.status()).toMatchObject({ ledger: { received: 2, delivered: 2, held: 0 } })
})

test('a delay in seconds pauses for that long', async () => {
  const server = await scriptedServer([answers.status(429, { 'retry-after': '42' }), ok])
  const scheduler = new VirtualScheduler()
  const exporter = running(
    { endpoint: server.url, sending_queue: {}, retry_on_failure: {} },
    { scheduler },
  )
  await exporter.send(someSpans(1))
  await until(() => scheduler.nextMs === 42_000)
  await scheduler.advanceTo(42_000)
  await until(() => server.requests.length === 2)
})

test('unsubscribed while the destination hangs, it lets go at once', async () => {
  const server = await scriptedServer([answers.hang])
  const exporter = running({ endpoint: server.url, sending_queue: {} })
  await exporter.send(someSpans(5))
  await until(() => server.requests.length === 1)
  exporter.subscription.unsubscribe()
  expect(exporter.status()).toMatchObject({
    ledger: { received: 5, dropped: { shutdown: 5 }, held: 0 },
  })
})

test('a batch too large for one request is cut, and an item too large is given up', async () => {
  const server = await scriptedServer([ok])
  const batch = someSpans(40)
  const exporter = running({ endpoint: server.url, compression: 'none' }, {}, 1000)
  expect(await exporter.send(batch)).toEqual({ kind: 'delivered' })
  expect(server.requests.length).toBeGreaterThan(2)
  expect(server.requests.every((it) => it.body.length <= 1000)).toBe(true)
  expect(exporter.status()).toMatchObject({ ledger: { delivered: itemCount(batch) } })
  const outcome = await exporter.send(someSpans(1, { name: 'x'.repeat(2000) }))
  expect(outcome).toMatchObject({ kind: 'permanent' })
  expect(exporter.status()).toMatchObject({ ledger: { dropped: { permanent: 1 } } })
})
