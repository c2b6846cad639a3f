import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Meter } from '@opentelemetry/api'
import { expect, onTestFinished, test } from 'vitest'
import type { Signal } from '../../src/pdata/signal.ts'
import { createMetrics, type MetricLevel } from '../../src/telemetry/metrics.ts'
import { requestJson } from '../support/build.ts'
import { type Answer, accept, OtlpServer } from '../support/otlp-server.ts'
import { addressesOf, engineOf } from './building.ts'
import { counting } from './counting.ts'

const nouns = { traces: 'spans', logs: 'log_records', metrics: 'metric_points' } as const

interface RunningOptions {
  readonly answer?: Answer
  /** Further settings of the exporter, with a comma before them. */
  readonly exporter?: string
  /** Counts in place of the one whose points are returned. */
  readonly meter?: Meter
}

/** A running collector that counts, and its destination. */
async function running({ answer, exporter = '', ...own }: RunningOptions = {}) {
  const destination = await OtlpServer.open(answer)
  onTestFinished(() => destination.close())
  const { meter, points, sum } = counting()
  const retry = 'retry_on_failure: { initial_interval: 1ms, max_interval: 2ms }'
  const engine = await engineOf(
    `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" }, grpc: { endpoint: "127.0.0.1:0" } } } }
processors: { filter: { traces: { span: ['name == "noise"'] } } }
exporters: { otlp_http: { endpoint: "${destination.url}", ${retry} ${exporter} } }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [filter], exporters: [otlp_http] }
    logs: { receivers: [otlp], exporters: [otlp_http] }
    metrics: { receivers: [otlp], exporters: [otlp_http] }
`,
    { meter, ...own },
  )
  await engine.start()
  const send = (signal: Signal, body: object) =>
    fetch(`${addressesOf(engine).http}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return { destination, engine, points, sum, send }
}

test.each([
  ['traces', 3],
  ['logs', 5],
  ['metrics', 7],
] as const)('%s: items are counted as accepted and as sent', async (signal, count) => {
  const it = await running()
  const items = Array.from({ length: count }, () => ({}))

  expect((await it.send(signal, requestJson(signal, items))).status).toBe(200)
  await it.engine.stop(10_000)

  const port = String(it.destination.port)
  expect(await it.points(`otelcol_receiver_accepted_${nouns[signal]}`)).toEqual([
    { attributes: { receiver: 'otlp', transport: 'http' }, value: count },
  ])
  expect(await it.points(`otelcol_exporter_sent_${nouns[signal]}`)).toEqual([
    {
      attributes: expect.objectContaining({ exporter: 'otlp_http', 'server.address': '127.0.0.1' }),
      value: count,
    },
  ])
  const [sent] = await it.points(`otelcol_exporter_sent_${nouns[signal]}`)
  expect(Object.entries(sent?.attributes ?? {}).map(([key, value]) => `${key} ${value}`)).toEqual(
    expect.arrayContaining([`server.port ${port}`, `url.path /v1/${signal}`]),
  )
})

test.each(['debug', 'file'])('the exporter %s counts what it sent, too', async (type) => {
  const directory = mkdtempSync(join(tmpdir(), 'counts-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'out')
  const config = { debug: { output_paths: [path] }, file: { path } }
  const { meter, points } = counting()
  const engine = await engineOf(
    `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
exporters: ${JSON.stringify(config)}
service: { pipelines: { traces: { receivers: [otlp], exporters: [${type}] } } }
`,
    { meter },
  )
  await engine.start()
  const answer = await fetch(`${addressesOf(engine).http}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestJson('traces', [{}, {}, {}])),
  })
  expect(answer.status).toBe(200)
  await engine.stop(10_000)
  expect(await points('otelcol_exporter_sent_spans')).toEqual([
    { attributes: { exporter: type }, value: 3 },
  ])
})

test('data points are counted over all kinds of metrics; a metric without points counts zero', async () => {
  const it = await running()
  const dataPoints = [{ timeUnixNano: '1' }, { timeUnixNano: '2' }]
  const metrics = [
    { name: 'none', gauge: { dataPoints: [] } },
    { name: 'gauge', gauge: { dataPoints } },
    { name: 'sum', sum: { dataPoints } },
    { name: 'histogram', histogram: { dataPoints } },
    { name: 'exponential', exponentialHistogram: { dataPoints } },
    { name: 'summary', summary: { dataPoints } },
  ]
  await it.send('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
  await it.engine.stop(10_000)
  expect(await it.sum('otelcol_receiver_accepted_metric_points')).toBe(10)
  expect(await it.sum('otelcol_exporter_sent_metric_points')).toBe(10)
})

test('an empty request counts nothing', async () => {
  const it = await running()
  expect((await it.send('traces', {})).status).toBe(200)
  await it.engine.stop(10_000)
  expect(await it.sum('otelcol_receiver_accepted_spans')).toBe(0)
  expect(await it.sum('otelcol_exporter_sent_spans')).toBe(0)
})

test('attempts that are retried count once, as what became of them in the end', async () => {
  const it = await running({
    answer: (nth, response, got) => {
      if (nth < 3) response.writeHead(503).end()
      else accept(nth, response, got)
    },
  })
  await it.send('traces', requestJson('traces', [{}, {}]))
  await it.destination.until((got) => got.length === 4)
  await it.engine.stop(10_000)
  expect(await it.sum('otelcol_exporter_sent_spans')).toBe(2)
  expect(await it.sum('otelcol_exporter_send_failed_spans')).toBe(0)
})

test('items that are given up count as failed, with their reason beside', async () => {
  const it = await running({ answer: (_nth, response) => response.writeHead(400).end() })
  await it.send('logs', requestJson('logs', [{}, {}, {}]))
  await it.engine.stop(10_000)
  expect(await it.sum('otelcol_receiver_accepted_log_records')).toBe(3)
  expect(await it.sum('otelcol_exporter_sent_log_records')).toBe(0)
  expect(await it.sum('otelcol_exporter_send_failed_log_records')).toBe(3)
  expect(await it.points('otelcol_exporter_dropped_log_records')).toEqual([
    { attributes: { exporter: 'otlp_http', reason: 'permanent' }, value: 3 },
  ])
})

test('at the level detailed alone, failures tell their kinds and sizes are recorded', async () => {
  const at = async (level: MetricLevel) => {
    const metrics = createMetrics({}, { level })
    const it = await running({
      answer: (_nth, response) => response.writeHead(400).end(),
      exporter: ', sending_queue: { batch: { flush_timeout: 1ms, min_size: 1 } }',
      meter: metrics.meter,
    })
    await it.send('logs', requestJson('logs', [{}, {}, {}]))
    await it.engine.stop(10_000)
    const lines = (await metrics.text()).split('\n')
    return {
      failed: lines.filter((it) => it.startsWith('otelcol_exporter_send_failed_log_records{')),
      sizes: lines.filter((it) => /^otelcol_exporter_\w+_size(_bytes)?_count\{/.test(it)),
    }
  }
  const normal = await at('normal')
  expect(normal.failed).toHaveLength(1)
  expect(normal.failed[0]).not.toContain('error_')
  expect(normal.failed[0]).toMatch(/ 3$/)
  expect(normal.sizes).toEqual([])

  const detailed = await at('detailed')
  expect(detailed.failed).toHaveLength(1)
  expect(detailed.failed[0]).toContain('error_type="InvalidArgument"')
  expect(detailed.failed[0]).toContain('error_permanent="true"')
  expect(detailed.sizes.map((it) => it.split('{')[0]).sort()).toEqual([
    'otelcol_exporter_enqueue_size_bytes_count',
    'otelcol_exporter_enqueue_size_count',
    'otelcol_exporter_queue_batch_send_size_bytes_count',
    'otelcol_exporter_queue_batch_send_size_count',
  ])
})

test('what is rejected in part counts as sent but for that part', async () => {
  const it = await running({
    answer: (_nth, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}')
    },
  })
  await it.send('traces', requestJson('traces', [{}, {}, {}]))
  await it.engine.stop(10_000)
  expect(await it.sum('otelcol_exporter_sent_spans')).toBe(2)
  expect(await it.sum('otelcol_exporter_rejected_spans')).toBe(1)
})

test('what finds no room counts as refused by the receiver', async () => {
  const it = await running({ answer: () => {}, exporter: ', sending_queue: { queue_size: 1 }' })
  expect((await it.send('traces', requestJson('traces', [{}]))).status).toBe(200)
  await it.destination.until((got) => got.length === 1)
  expect((await it.send('traces', requestJson('traces', [{}, {}]))).status).toBe(503)
  expect(await it.sum('otelcol_receiver_accepted_spans')).toBe(1)
  expect(await it.sum('otelcol_receiver_refused_spans')).toBe(2)
  expect(await it.points('otelcol_exporter_queue_size')).toContainEqual({
    attributes: { exporter: 'otlp_http', data_type: 'traces', sizer: 'requests' },
    value: 1,
  })
  expect(await it.points('otelcol_exporter_queue_capacity')).toContainEqual({
    attributes: { exporter: 'otlp_http', data_type: 'traces', sizer: 'requests' },
    value: 1,
  })
  expect(await it.points('otelcol_exporter_in_flight_requests')).toContainEqual({
    attributes: { exporter: 'otlp_http', data_type: 'traces' },
    value: 1,
  })
})

test('processors count what goes in and what comes out', async () => {
  const it = await running()
  await it.send('traces', requestJson('traces', [{ name: 'noise' }, {}, {}]))
  await it.engine.stop(10_000)
  const attributes = { processor: 'filter', 'otel.signal': 'traces' }
  expect(await it.points('otelcol_processor_incoming_items')).toEqual([{ attributes, value: 3 }])
  expect(await it.points('otelcol_processor_outgoing_items')).toEqual([{ attributes, value: 2 }])
  expect(await it.sum('otelcol_exporter_sent_spans')).toBe(2)
})
