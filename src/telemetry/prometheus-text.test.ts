import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('writes names without unit and suffix, escapes labels, and the resource on target_info alone', async () => {
  const metrics = createMetrics({ 'service.name': 'agent-sre', 'service.instance.id': 'i-1' })
  const { meter } = metrics
  const refused = meter.createCounter('agent.sre.admission.refused', {
    unit: '{request}',
    description: 'Refused,\nwith a \\ reason.',
  })
  refused.add(2, { receiver: 'otlp/"a"', 'otel.signal': 'traces' })
  refused.add(1, { receiver: 'otlp', 'otel.signal': 'a\nb\\c' })
  meter.createUpDownCounter('in_flight').add(-3)
  const size = meter.createHistogram('batch_size', {
    advice: { explicitBucketBoundaries: [10, 100] },
  })
  for (const value of [1, 10, 11, 5_000]) size.record(value, { processor: 'batch' })

  const lines = (await metrics.text()).split('\n').filter((it) => !it.includes('otelcol_process_'))

  expect(lines.join('\n')).toBe(`\
# HELP agent_sre_admission_refused Refused,\\nwith a \\\\ reason.
# TYPE agent_sre_admission_refused counter
agent_sre_admission_refused{receiver="otlp",otel_signal="a\\nb\\\\c"} 1
agent_sre_admission_refused{receiver="otlp/\\"a\\"",otel_signal="traces"} 2
# TYPE batch_size histogram
batch_size_bucket{processor="batch",le="10"} 2
batch_size_bucket{processor="batch",le="100"} 3
batch_size_bucket{processor="batch",le="+Inf"} 4
batch_size_sum{processor="batch"} 5022
batch_size_count{processor="batch"} 4
# TYPE in_flight gauge
in_flight -3
# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service_name="agent-sre",service_instance_id="i-1"} 1
`)
})

test('tells what the process takes', async () => {
  const text = await createMetrics({}).text()

  for (const name of ['uptime', 'cpu_seconds', 'memory_rss', 'runtime_heap_alloc_bytes']) {
    expect(text).toMatch(new RegExp(`^otelcol_process_${name} [1-9.e+0-9]+$`, 'm'))
  }
  expect(text).not.toContain('total_alloc_bytes')
})

test('keeps the gauges of two components that share a name apart', async () => {
  const { meter, text } = createMetrics({})
  for (const [exporter, value] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    const size = meter.createObservableGauge('otelcol_exporter_queue_size')
    meter.addBatchObservableCallback((it) => it.observe(size, value, { exporter }), [size])
  }

  expect(await text()).toContain(
    'otelcol_exporter_queue_size{exporter="a"} 1\notelcol_exporter_queue_size{exporter="b"} 2\n',
  )
})
