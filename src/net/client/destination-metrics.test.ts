import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { sizeBytes } from '../../component/batch.ts'
import { settleAll, VirtualScheduler } from '../../component/virtual-scheduler.ts'
import { SimulatedFileSystem } from '../../storage/simulated-file-system.ts'
import type { Answer } from './answer.ts'
import { errorType } from './error-type.ts'
import { queueStore } from './queue-storage.fixture.ts'
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
    'otelcol_exporter_send_failed_spans _OTHER true': 10,
    'otelcol_exporter_dropped_spans permanent': 10,
    otelcol_exporter_enqueue_failed_spans: 10,
    'otelcol_exporter_queue_size traces requests': 2,
    'otelcol_exporter_queue_capacity traces requests': 2,
    'otelcol_exporter_in_flight_requests traces': 2,
    otelcol_exporter_enqueue_size: expect.objectContaining({ count: 5, sum: 50 }),
    otelcol_exporter_enqueue_size_bytes: expect.objectContaining({ count: 5 }),
  })
})

test('the size of a queue is told with its sizer', async () => {
  const reader = new Reader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  const it = scriptedQueue(() => new Promise(() => {}), {
    queue: { sizer: 'items', queue_size: 50 },
    settings: { meter, kinds: ['traces'] },
  })
  it.deliver(someSpans(10))
  await settleAll()
  expect(await read(reader)).toMatchObject({
    'otelcol_exporter_queue_size traces items': 10,
    'otelcol_exporter_queue_capacity traces items': 50,
  })
})

test('records the sizes of what is taken and of what is sent, where each is done', async () => {
  const sizes = async (queue: object) => {
    const reader = new Reader()
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
    const it = scriptedQueue(() => sent, { queue, settings: { meter, kinds: ['traces'] } })
    const batches = [someSpans(4), someSpans(8)]
    for (const batch of batches) it.deliver(batch)
    await settleAll()
    const sumBytes = batches.reduce((sum, batch) => sum + sizeBytes(batch), 0)
    const found = Object.entries(await read(reader)).filter(([name]) =>
      /_size(_bytes)?$/.test(name),
    )
    return { sizes: Object.fromEntries(found), sumBytes }
  }
  const merged = await sizes({ batch: { min_size: 10 } })
  const taken = {
    otelcol_exporter_enqueue_size: { count: 2, sum: 12 },
    otelcol_exporter_enqueue_size_bytes: { count: 2, sum: merged.sumBytes },
  }
  expect(merged.sizes).toMatchObject({
    ...taken,
    otelcol_exporter_queue_batch_send_size: { count: 1, sum: 12 },
    otelcol_exporter_queue_batch_send_size_bytes: { count: 1, sum: merged.sumBytes },
  })
  const single = await sizes({})
  expect(single.sizes).toMatchObject(taken)
  expect(Object.keys(single.sizes)).toEqual(Object.keys(taken))
  expect((await sizes({ enabled: false })).sizes).toEqual({})
})

test.each([
  ['permanent', { kind: 'permanent', reason: '', grpcStatus: 3 }, 'InvalidArgument'],
  ['retries_exhausted', { kind: 'retryable', reason: '', grpcStatus: 14 }, 'Unavailable'],
  ['retries_exhausted', { kind: 'retryable', reason: '', grpcStatus: 1 }, 'Canceled'],
  ['shutdown', { kind: 'retryable', reason: '', grpcStatus: 14 }, 'Shutdown'],
  ['defect', { kind: 'permanent', reason: '' }, '_OTHER'],
] as const)(
  'what is given up as %s after %j is an error of the type %s',
  (reason, outcome, type) => {
    expect(errorType(reason, outcome)).toBe(type)
  },
)

test('with a disk behind the queue, shows what lies there and counts what was given up', async () => {
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  const scheduler = new VirtualScheduler(1_000_000)
  const { storage } = await queueStore(new SimulatedFileSystem(), scheduler)
  const it = scriptedQueue(
    (attempt) => (attempt === 1 ? refused : { kind: 'retryable', reason: 'HTTP 503' }),
    {
      queue: { num_consumers: 1 },
      scheduler,
      settings: { storage, meter: provider.getMeter('test'), kinds: ['traces'] },
    },
  )
  await settleAll()
  for (let at = 0; at < 7; at++) it.deliver(someSpans(10))
  await settleAll()
  await scheduler.advanceTo(1_002_000)
  const log = await storage.queue()
  expect(await read(reader)).toMatchObject({
    'agent.sre.queue.bytes': log.status().bytes,
    'agent.sre.queue.oldest': 2,
    'agent.sre.queue.dead_letters': 1,
    'agent.sre.queue.corrupt_records': 0,
    'agent.sre.queue.dropped permanent': 10,
    'otelcol_exporter_dropped_spans permanent': 10,
    'otelcol_exporter_queue_size traces requests': 3,
    'otelcol_exporter_queue_size on_disk requests': 3,
  })
})
