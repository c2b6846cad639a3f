import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { settleAll } from '../../component/virtual-scheduler.ts'
import type { Answer } from './answer.ts'
import { refused, scriptedQueue, sent } from './scripted-queue.fixture.ts'
import { someSpans } from './some-spans.fixture.ts'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Every point as `name{attributes}` and its value. */
async function read(reader: Reader): Promise<Record<string, unknown>> {
  const { resourceMetrics } = await reader.collect()
  const points: Record<string, unknown> = {}
  for (const { metrics } of resourceMetrics.scopeMetrics) {
    for (const { descriptor, dataPoints } of metrics) {
      for (const { attributes, value } of dataPoints) {
        const { exporter, ...rest } = attributes
        expect(exporter).toBe('test')
        points[[descriptor.name, ...Object.values(rest)].join(' ')] = value
      }
    }
  }
  return points
}

test('counts sent, failed, rejected and refused items in the names of otelcol', async () => {
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  const script: Answer[] = [sent, { kind: 'sent', rejected: 3 }, refused]
  const it = scriptedQueue((attempt) => script[attempt - 1] ?? new Promise(() => {}), {
    queue: { queue_size: 2 },
    settings: { meter: provider.getMeter('test'), kinds: ['traces'] },
  })
  for (let at = 0; at < 3; at++) {
    it.deliver(someSpans(10))
    await settleAll()
  }
  it.deliver(someSpans(10))
  it.deliver(someSpans(10))
  it.deliver(someSpans(10))
  await settleAll()
  expect(await read(reader)).toEqual({
    otelcol_exporter_sent_spans: 17,
    otelcol_exporter_rejected_spans: 3,
    otelcol_exporter_send_failed_spans: 10,
    'otelcol_exporter_dropped_spans permanent': 10,
    otelcol_exporter_enqueue_failed_spans: 10,
    'otelcol_exporter_queue_size traces': 2,
    'otelcol_exporter_queue_capacity traces': 2,
    'otelcol_exporter_in_flight_requests traces': 2,
  })
})

test('records the sizes of merged batches, and none where nothing is merged', async () => {
  const sizes = async (queue: object) => {
    const reader = new Reader()
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
    const it = scriptedQueue(() => sent, { queue, settings: { meter, kinds: ['traces'] } })
    for (const count of [4, 8]) it.deliver(someSpans(count))
    await settleAll()
    return (await read(reader)).otelcol_exporter_queue_batch_send_size
  }
  expect(await sizes({ batch: { min_size: 10 } })).toMatchObject({ count: 1, sum: 12 })
  expect(await sizes({})).toBeUndefined()
})
