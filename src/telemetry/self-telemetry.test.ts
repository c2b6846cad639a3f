import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { OtlpServer } from '../../test/support/otlp-server.ts'
import { recordingLog } from '../../test/support/settings.ts'
import { telemetryBatch } from '../component/batch.ts'
import { telemetry } from '../config/telemetry.ts'
import { emptyPayload } from '../pdata/payload.ts'
import { SelfTelemetry } from './self-telemetry.ts'

async function started(config: unknown): Promise<SelfTelemetry> {
  const target = { 'service.name': 'agent-sre', 'service.version': '1.2.3' }
  const own = await SelfTelemetry.create(telemetry.parse(config), target, recordingLog())
  onTestFinished(() => own.close())
  await own.start()
  return own
}

const page = (prometheus: object) => ({ pull: { exporter: { prometheus } } })

test('serves the same text as the admin server to Prometheus, and nothing else', async () => {
  const own = await started({ metrics: { readers: [page({ port: 0 })] } })
  own.metrics.meter.createCounter('otelcol_exporter_sent_spans', { unit: '{span}' }).add(2)
  const [url = ''] = own.urls

  expect(url).toMatch(/^http:\/\/localhost:\d+\/metrics$/)
  const answer = await fetch(url)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await answer.text()).toContain('\notelcol_exporter_sent_spans 2\n')
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  expect((await fetch(new URL('/', url))).status).toBe(404)
})

test('each reader has its own names', async () => {
  const suffixed = { port: 0, without_type_suffix: false, without_units: false }
  const own = await started({ metrics: { readers: [page({ port: 0 }), page(suffixed)] } })
  const [plain = '', other = ''] = await Promise.all(
    own.urls.map(async (url) => (await fetch(url)).text()),
  )
  expect(plain).toMatch(/^otelcol_process_uptime \d/m)
  expect(other).toMatch(/^otelcol_process_uptime_seconds_total \d/m)
})

test('listens nowhere at the level none', async () => {
  const own = await started({ metrics: { level: 'none', readers: [page({ port: 0 })] } })
  expect(own.urls).toEqual([])
})

test('a port that is taken is refused with the setting and what to write', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  await expect(started({ metrics: { readers: [page({ port })] } })).rejects.toThrow(
    new RegExp(
      `^cannot start the metrics endpoint: service.telemetry.metrics.readers: another program listens on localhost:${port}.*--set`,
    ),
  )
})

test('sends the metrics to a backend, the last of them at the end', async () => {
  const sink = await OtlpServer.open()
  onTestFinished(() => sink.close())
  const otlp = { endpoint: sink.url, compression: 'gzip' }
  const own = await started({
    metrics: { readers: [{ periodic: { interval: 60_000, exporter: { otlp } } }] },
  })
  own.metrics.meter.createCounter('otelcol_exporter_sent_spans').add(2)

  await own.close()

  expect(sink.got).toMatchObject([{ path: '/v1/metrics', encoding: 'gzip' }])
  expect(sink.got[0]?.body.includes('otelcol_exporter_sent_spans')).toBe(true)
})

test('spans that still wait are sent at the end', async () => {
  const sink = await OtlpServer.open()
  onTestFinished(() => sink.close())
  const otlp = { endpoint: `${sink.url}/otlp/spans` }
  const own = await started({
    metrics: { level: 'none' },
    traces: { processors: [{ batch: { schedule_delay: 60_000, exporter: { otlp } } }] },
  })
  const batch = telemetryBatch(emptyPayload('traces'))
  own.tracing?.received('otlp', batch).settled({ kind: 'delivered' })

  await own.close()

  expect(sink.got).toMatchObject([{ path: '/otlp/spans' }])
  expect(sink.got[0]?.body.includes('receiver/otlp/TraceDataReceived')).toBe(true)
})

test('nothing follows batches where no spans are asked for, or none are wanted', async () => {
  const exporter = { otlp: {} }
  const none = { metrics: { level: 'none' } }
  expect((await started(none)).tracing).toBeUndefined()
  const traces = { level: 'none', processors: [{ simple: { exporter } }] }
  expect((await started({ ...none, traces })).tracing).toBeUndefined()
})
