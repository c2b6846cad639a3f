import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { factsBatch, telemetryBatch } from '../../src/component/batch.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { until } from '../../src/net/client/running-exporter.fixture.ts'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { concat, encode } from '../../src/pdata/payload.ts'
import { aBatch } from '../../test/support/build.ts'
import { running } from './running.fixture.ts'
import { answers, scriptedServer, statusWithRetry } from './scripted-server.fixture.ts'

const ok = answers.ok()

test.each([
  ['gzip', 3],
  ['none', 3],
  ['gzip', 9000],
])('sends the very bytes, with compression %s, %d spans', async (compression, count) => {
  const { endpoint, calls } = await scriptedServer([ok])
  const exporter = running({ endpoint, compression })
  const batch = someSpans(count)
  expect(await exporter.send(batch)).toEqual({ kind: 'delivered' })
  expect(calls[0]?.path).toBe('/opentelemetry.proto.collector.trace.v1.TraceService/Export')
  expect(calls[0]?.body.equals(encode(batch.payload))).toBe(true)
})

test.each([
  ['logs', 'logs.v1.LogsService'],
  ['metrics', 'metrics.v1.MetricsService'],
] as const)('%s go to %s', async (signal, service) => {
  const { endpoint, calls } = await scriptedServer([ok])
  const exporter = running({ endpoint })
  expect(await exporter.send(aBatch(signal, [{}]))).toEqual({ kind: 'delivered' })
  expect(calls[0]?.path).toBe(`/opentelemetry.proto.collector.${service}/Export`)
})

test('sends what was merged as one request', async () => {
  const { endpoint, calls } = await scriptedServer([ok])
  const exporter = running({ endpoint })
  const payload = concat('traces', [someSpans(3).payload, someSpans(4).payload])
  expect(await exporter.send(telemetryBatch(payload))).toEqual({ kind: 'delivered' })
  expect(calls[0]?.body.equals(encode(payload))).toBe(true)
})

test('headers are metadata; authority and user agent are as configured', async () => {
  const { endpoint, calls } = await scriptedServer([ok])
  const exporter = running({
    endpoint: `http://${endpoint}`,
    headers: [
      { name: 'X-Tenant', value: 'a' },
      { name: 'trace-bin', value: 'ü' },
    ],
    authority: 'backend.internal',
    user_agent: 'mine/1',
  })
  expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  const [call] = calls
  expect(call?.metadata.get('x-tenant')).toEqual(['a'])
  expect(call?.metadata.get('trace-bin')).toEqual([Buffer.from('ü')])
  expect(call?.metadata.get('user-agent')[0]).toMatch(/^mine\/1 grpc-node-js\//)
  expect(call?.host).toBe('backend.internal')
})

test.each(['pick_first', 'round_robin'])('finds its server through DNS, with %s', async (name) => {
  const { port, calls } = await scriptedServer([ok])
  const exporter = running({ endpoint: `dns:///localhost:${port}`, balancer_name: name })
  expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  expect(calls).toHaveLength(1)
})

test('speaks over a unix socket', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'otlp-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const address = `unix://${join(directory, 'in.sock')}`
  const { calls } = await scriptedServer([ok], { address })
  const exporter = running({ endpoint: address })
  expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  expect(calls).toHaveLength(1)
})

test('facts without spans send nothing', async () => {
  const { endpoint, calls } = await scriptedServer([ok])
  const exporter = running({ endpoint })
  expect(await exporter.send(factsBatch('traces', []))).toEqual({ kind: 'delivered' })
  expect(calls).toEqual([])
})

test('RetryInfo pauses the whole destination for as long as it says', async () => {
  const busy = answers.failed(8, 'busy', statusWithRetry(8, 42_000))
  const { endpoint, calls } = await scriptedServer([busy, ok])
  const scheduler = new VirtualScheduler()
  const exporter = running({ endpoint, sending_queue: {}, retry_on_failure: {} }, { scheduler })
  await exporter.send(someSpans(1))
  await until(() => scheduler.nextMs === 42_000)
  expect(exporter.status()).toMatchObject({ state: 'throttled' })
  await exporter.send(someSpans(2))
  await scheduler.advanceTo(41_999)
  expect(calls).toHaveLength(1)
  await scheduler.advanceTo(42_000)
  await until(() => calls.length === 3)
  exporter.source.complete()
  await until(exporter.isComplete)
  expect(exporter.status()).toMatchObject({ ledger: { received: 3, delivered: 3, held: 0 } })
})

test('a connection that broke is opened anew', async () => {
  const first = await scriptedServer([ok])
  const retry_on_failure = { initial_interval: '1ms', max_interval: '10ms' }
  const exporter = running({ endpoint: first.endpoint, wait_for_ready: true, retry_on_failure })
  expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  first.stop()
  const second = await scriptedServer([ok], { address: first.endpoint })
  expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  expect(second.calls).toHaveLength(1)
})

test('unsubscribed while the server hangs, it lets go at once', async () => {
  const { endpoint, calls } = await scriptedServer([answers.hang])
  const exporter = running({ endpoint, sending_queue: {} })
  await exporter.send(someSpans(5))
  await until(() => calls.length === 1)
  exporter.subscription.unsubscribe()
  expect(exporter.status()).toMatchObject({
    ledger: { received: 5, dropped: { shutdown: 5 }, held: 0 },
  })
})

test('a batch too large for one request is cut, and an item too large is given up', async () => {
  const { endpoint, calls } = await scriptedServer([ok])
  const exporter = running({ endpoint, compression: 'none' }, {}, 1000)
  expect(await exporter.send(someSpans(40))).toEqual({ kind: 'delivered' })
  expect(calls.length).toBeGreaterThan(2)
  expect(calls.every((it) => it.body.length <= 1000)).toBe(true)
  expect(exporter.status()).toMatchObject({ ledger: { delivered: 40 } })
  const outcome = await exporter.send(someSpans(1, { name: 'x'.repeat(2000) }))
  expect(outcome).toMatchObject({ kind: 'permanent' })
  expect(exporter.status()).toMatchObject({ ledger: { dropped: { permanent: 1 } } })
})

test('its connection ends with it', async () => {
  const { endpoint, calls } = await scriptedServer([ok])
  const sockets = () => process.getActiveResourcesInfo().filter((it) => it === 'TCPSocketWrap')
  const before = sockets().length
  const exporter = running({ endpoint })
  await exporter.send(someSpans(1))
  expect(calls).toHaveLength(1)
  exporter.source.complete()
  await until(() => exporter.isComplete() && sockets().length <= before)
})
