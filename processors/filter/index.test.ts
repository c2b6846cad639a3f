import { expect, test } from 'vitest'
import { factsBatch, type TelemetryBatch, telemetryBatch } from '../../src/component/batch.ts'
import { delivered } from '../../src/component/delivery.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { forEachLogRecord } from '../../src/pdata/logs.ts'
import { forEachDataPoint } from '../../src/pdata/metrics.ts'
import { decode } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { createMetrics, sumBy } from '../../src/telemetry/metrics.ts'
import { aBatch } from '../../test/support/build.ts'
import { aToolCall } from '../../test/support/facts.ts'
import { recordingLog, testSettings } from '../../test/support/settings.ts'
import { anyHolds } from './any-holds.ts'
import { config } from './config.ts'
import type { Dropper } from './droppers.ts'
import { dropItems, filterProcessor } from './index.ts'

test('an item is dropped when any condition holds', () => {
  const span = ['name == "a"', 'name == "b"']
  expect(left({ traces: { span } }, spans('a', 'b', 'c', 'a'))).toEqual(['c'])
})

test('a batch that keeps everything is the same batch', () => {
  const { map } = running({ traces: { span: ['name == "x"'] }, logs: { log_record: ['true'] } })
  const batch = spans('a')
  expect(map(batch)).toBe(batch)
  const metrics = aBatch('metrics', [{}])
  expect(map(metrics)).toBe(metrics)
})

test('a batch of which nothing is left is delivered, and counted', async () => {
  const { map, counted } = running({ traces: { span: ['true'] } })
  expect(map(spans('a', 'b'))).toBe(delivered)
  expect(await counted('spans')).toBe(2)
})

test('an item that is named twice is dropped and counted once', async () => {
  const metrics = createMetrics({})
  const dropper: Dropper = (_, drop) => {
    for (const index of [1, 1]) drop(index)
  }
  const settings = testSettings({ meter: metrics.meter })
  const { map } = dropItems(new Map([['traces', dropper]]), settings)
  expect(map(spans('a', 'b', 'c'))).toMatchObject({ payload: { itemCount: 2 } })
  const counts = sumBy(await metrics.collect(), 'otelcol_processor_filter_spans.filtered', 'filter')
  expect(counts.get('test')).toBe(1)
})

test('facts go on, even when their spans are dropped', () => {
  const { map } = running({ traces: { span: ['true'] } })
  const aFact = aToolCall()
  const batch = { ...spans('a'), facts: [aFact] }
  expect(map(batch)).toMatchObject({ payload: { itemCount: 0 }, facts: [aFact] })
  const alone = factsBatch('traces', [aFact])
  expect(map(alone)).toBe(alone)
})

test('log records are told by severity, body and resource', () => {
  const record = (severityNumber: number, body: object) => ({ severityNumber, body })
  const batch = of('logs', {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'chatty' } }] },
        scopeLogs: [
          {
            logRecords: [
              record(5, { stringValue: 'quiet' }),
              record(13, { stringValue: 'health check ok' }),
              record(17, { intValue: '5' }),
              record(17, {
                kvlistValue: { values: [{ key: 'a', value: { stringValue: 'health' } }] },
              }),
            ],
          },
        ],
      },
    ],
  })
  const severities = (log_record: string[]) => left({ logs: { log_record } }, batch)
  expect(severities(['severity_number < SEVERITY_NUMBER_WARN'])).toEqual(['13', '17', '17'])
  expect(severities(['IsMatch(body, "health")'])).toEqual(['5', '17'])
  expect(severities(['body == 5'])).toEqual(['5', '13', '17'])
  expect(severities(['resource.attributes["service.name"] == "chatty"'])).toEqual([])
  expect(severities(['resource.attributes["other"] != nil'])).toEqual(['5', '13', '17', '17'])
})

test('a condition on a metric drops all of its points, one on points only those', async () => {
  const points = (...values: number[]) => values.map((asDouble) => ({ asDouble }))
  const metrics = [
    { name: 'a', gauge: { dataPoints: points(1, 2) } },
    { name: 'b', sum: { isMonotonic: true, dataPoints: points(3, 4) } },
    { name: 'b', gauge: { dataPoints: [{ asInt: '0' }] } },
  ]
  const batch = of('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
  const kept = (written: object) => left({ metrics: written }, batch)
  expect(kept({ metric: ['name == "b"'] })).toEqual(['a 1', 'a 2'])
  expect(kept({ metric: ['is_monotonic == true'] })).toEqual(['a 1', 'a 2', 'b 0'])
  expect(kept({ metric: ['type == METRIC_DATA_TYPE_GAUGE'] })).toEqual(['b 3', 'b 4'])
  expect(kept({ datapoint: ['value_double > 1.5 and metric.name == "a"'] })).toEqual([
    'a 1',
    'b 3',
    'b 4',
    'b 0',
  ])
  expect(kept({ datapoint: ['value_double == 0'] })).toHaveLength(5)
  expect(kept({ metric: ['name == "a"'], datapoint: ['value_int == 0'] })).toEqual(['b 3', 'b 4'])
  const { map, counted } = running({ metrics: { metric: ['name == "b"'] } })
  map(batch)
  expect(await counted('datapoints')).toBe(3)
})

test('root spans can be told', () => {
  const json = (parentSpanId: string) => ({ name: parentSpanId, parentSpanId })
  const spans = [json(''), json('b7ad6b7169203331')]
  const batch = of('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] })
  expect(left({ traces: { span: ['IsRootSpan()'] } }, batch)).toEqual(['b7ad6b7169203331'])
  expect(left({ traces: { span: ['not IsRootSpan()'] } }, batch)).toEqual([''])
})

test('a condition that fails stops the batch, or is passed over', () => {
  const failing = { text: 'broken', test: () => broken() }
  const holds = { text: 'true', test: () => true }
  const log = recordingLog()
  expect(() => anyHolds([failing], 'propagate', log)(0)).toThrow('failed to eval condition: broken')
  expect(anyHolds([failing, holds], 'ignore', log)(0)).toBe(true)
  expect(anyHolds([failing], 'ignore', log)(0)).toBe(false)
  expect(log.lines[0]).toMatchObject({ level: 'warn', fields: { condition: 'broken' } })
  const silent = recordingLog()
  expect(anyHolds([failing], 'silent', silent)(0)).toBe(false)
  expect(silent.lines).toEqual([])
})

test('it fails closed', () => {
  const { map, onError } = dropItems(new Map([['traces', broken]]), testSettings())
  expect(onError).toBe('closed')
  expect(() => map(spans('a'))).toThrow('broken')
})

test('mistakes are told at their place in the list', () => {
  const problems = (written: object) =>
    config.safeParse(written).error?.issues.map((it) => `${it.path.join('.')}: ${it.message}`)
  expect(problems({ traces: { span: ['true', 'Foo()'] } })).toEqual([
    'traces.span.1: at character 1: the function Foo is not supported here; there is IsMatch, IsRootSpan',
  ])
  expect(problems({ metrics: { metric: ['attributes["a"] == 1'] } })?.[0]).toContain(
    'metrics.metric.0: at character 1: attributes has no keys',
  )
  expect(problems({ logs: { include: {} } })?.[0]).toContain('comes later')
  expect(problems({ trace_conditions: ['true'] })?.[0]).toContain('traces.span')
  expect(problems({ error_mode: 'loud' })).toHaveLength(1)
  expect(problems({})).toBeUndefined()
})

function broken(): never {
  throw new Error('broken')
}

function spans(...names: string[]): TelemetryBatch {
  return aBatch(
    'traces',
    names.map((name) => ({ name })),
  )
}

function of(signal: Signal, json: object): TelemetryBatch {
  return telemetryBatch(decode(signal, fromJson(signal, JSON.stringify(json))))
}

function running(written: object) {
  const metrics = createMetrics({})
  const settings = testSettings({ id: 'filter/x', meter: metrics.meter })
  const processor = filterProcessor.create(config.parse(written), settings)
  if (processor.kind !== 'map') throw new Error('filter is a map')
  return {
    map: (batch: TelemetryBatch) => processor.map(batch),
    counted: async (items: string) => {
      const name = `otelcol_processor_filter_${items}.filtered`
      return sumBy(await metrics.collect(), name, 'filter').get('filter/x')
    },
  }
}

/** What is left of a batch: names of spans, severities of records, names and values of points. */
function left(written: object, batch: TelemetryBatch): string[] {
  const result = running(written).map(batch)
  const kept: string[] = []
  if (!('payload' in result)) return kept
  const { payload } = result
  if (payload.signal === 'traces') forEachSpan(payload, (it) => kept.push(it.name()))
  else if (payload.signal === 'logs') {
    forEachLogRecord(payload, (it) => kept.push(`${it.severityNumber}`))
  } else forEachDataPoint(payload, (it) => kept.push(`${it.name()} ${it.asNumber()}`))
  return kept
}
