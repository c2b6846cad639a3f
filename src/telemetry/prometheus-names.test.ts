import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'
import { plainNames } from './prometheus-names.ts'

const nothingLeftOut = {
  without_scope_info: false,
  without_units: false,
  without_type_suffix: false,
}

/** Names with their labels, of what a test counts. */
async function names(naming: Partial<typeof nothingLeftOut>): Promise<string[]> {
  const { meter, text } = createMetrics({ 'service.version': '1.2.3' })
  meter.createCounter('sent_spans', { unit: '{span}' }).add(1)
  meter.createCounter('items_total_seen', { unit: '{item}' }).add(1)
  meter.createObservableCounter('cpu_seconds', { unit: 's' }).addCallback((it) => it.observe(1))
  meter.createObservableCounter('uptime', { unit: 's' }).addCallback((it) => it.observe(1))
  meter.createUpDownCounter('in_flight', { unit: '{request}' }).add(1)
  for (const [name, unit] of [
    ['rss', 'By'],
    ['share', '1'],
    ['speed', 'By/s'],
    ['rate', '{request}/min'],
    ['heat', 'Foo.bar'],
  ] as const) {
    meter.createGauge(name, { unit }).record(1)
  }
  meter.createHistogram('took', { unit: 'ms', advice: { explicitBucketBoundaries: [] } }).record(1)
  const lines = (await text({ ...nothingLeftOut, ...naming })).split('\n')
  return lines
    .filter((it) => it !== '' && !/^#|otelcol_|agent_sre_|target_info/.test(it))
    .map((it) => it.replace(/ 1$/, ''))
}

test('adds the unit as a word and _total, unless the name has them', async () => {
  expect(await names({ without_scope_info: true })).toEqual([
    'cpu_seconds_total',
    'heat_Foo_bar',
    'in_flight',
    'items_seen_total',
    'rate_per_minute',
    'rss_bytes',
    'sent_spans_total',
    'share_ratio',
    'speed_bytes_per_second',
    'took_milliseconds_bucket{le="+Inf"}',
    'took_milliseconds_sum',
    'took_milliseconds_count',
    'uptime_seconds_total',
  ])
})

test('each switch does its own part', async () => {
  expect(await names({ without_scope_info: true, without_units: true })).toContain('uptime_total')
  expect(await names({ ...plainNames, without_units: false })).toContain('uptime_seconds')
  expect(await names({ ...plainNames, without_scope_info: false })).toContain(
    'uptime{otel_scope_name="agent-sre",otel_scope_version="1.2.3"}',
  )
})
