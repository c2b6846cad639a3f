import { expect, test } from 'vitest'
import { createMetrics, type MetricLevel } from './metrics.ts'

async function shown(level: MetricLevel): Promise<string[]> {
  const { meter, text } = createMetrics({}, { level })
  meter.createCounter('otelcol_exporter_sent_spans').add(1)
  meter.createCounter('otelcol_processor_batch_timeout_trigger_send').add(1)
  meter.createHistogram('otelcol_processor_batch_batch_send_size').record(1)
  meter.createHistogram('otelcol_processor_batch_batch_send_size_bytes').record(1)
  meter.createHistogram('otelcol_exporter_queue_batch_send_size').record(1)
  return (await text()).split('\n').flatMap((it) => {
    const [, name] = /^# TYPE (otelcol_(?!process_)\w+)/.exec(it) ?? []
    return name === undefined ? [] : [name]
  })
}

const sent = 'otelcol_exporter_sent_spans'
const size = 'otelcol_processor_batch_batch_send_size'
const trigger = 'otelcol_processor_batch_timeout_trigger_send'

test('the batch processor counts nothing at basic, and sizes in bytes only at detailed', async () => {
  expect(await shown('basic')).toEqual([sent])
  expect(await shown('normal')).toEqual([sent, size, trigger])
  expect(await shown('detailed')).toEqual([
    'otelcol_exporter_queue_batch_send_size',
    sent,
    size,
    `${size}_bytes`,
    trigger,
  ])
})

test('failures of a destination are one series below detailed', async () => {
  const failures = async (level: MetricLevel) => {
    const { meter, text } = createMetrics({}, { level })
    const counter = meter.createCounter('otelcol_exporter_send_failed_spans')
    counter.add(2, { exporter: 'a', 'error.type': 'Unavailable', 'error.permanent': false })
    counter.add(3, { exporter: 'a', 'error.type': 'Shutdown', 'error.permanent': false })
    return (await text()).split('\n').filter((it) => it.startsWith('otelcol_exporter_'))
  }
  for (const level of ['basic', 'normal'] as const) {
    expect(await failures(level)).toEqual(['otelcol_exporter_send_failed_spans{exporter="a"} 5'])
  }
  expect(await failures('detailed')).toHaveLength(2)
})

test('at none nothing is shown, and what the final report needs is counted', async () => {
  expect(await shown('none')).toEqual([])
  const { meter, collect } = createMetrics({}, { level: 'none' })
  meter.createCounter('otelcol_receiver_accepted_spans').add(3)
  const collected = await collect()
  expect(collected.map((it) => it.descriptor.name)).toContain('otelcol_receiver_accepted_spans')
})
