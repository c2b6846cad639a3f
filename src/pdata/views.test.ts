import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Data, oracleDecode, oracleEncode } from '../../test/support/otlp-oracle.ts'
import { keys, requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { compileMatcher, type ValueView } from './attributes.ts'
import type { ResourceView, ScopeView } from './envelope.ts'
import { forEachLogRecord } from './logs.ts'
import { forEachDataPoint } from './metrics.ts'
import { decode } from './payload.ts'
import { forEachSpan } from './spans.ts'

const matcher = compileMatcher(keys)

test('a span view reads what a general decoder reads', () => {
  fc.assert(
    fc.property(requestsOf.traces, (data) => {
      const bytes = oracleEncode('traces', data)
      const expected = itemsOf(
        oracleDecode('traces', bytes),
        'resourceSpans',
        'scopeSpans',
        'spans',
      )
      const seen: unknown[] = []
      forEachSpan(decode('traces', bytes), (span) => {
        const events: unknown[] = []
        span.forEachEvent((it) => events.push([it.name(), `${it.timeUnixNano}`, listOf(it)]))
        const links: unknown[] = []
        span.forEachLink((it) =>
          links.push([it.traceIdHex(), it.spanIdHex(), it.traceState(), it.flags, listOf(it)]),
        )
        seen.push([
          ...surroundings(span),
          span.traceIdHex(),
          span.spanIdHex(),
          span.parentSpanIdHex(),
          span.traceState(),
          span.name(),
          span.kind,
          `${span.startUnixNano}`,
          `${span.endUnixNano}`,
          span.statusCode,
          span.statusMessage(),
          span.flags,
          span.droppedAttributesCount,
          events,
          links,
        ])
        expect(span.startMs).toBeCloseTo(Number(span.startUnixNano) / 1e6, -4)
        expect(span.traceIdEquals(span.traceId())).toBe(true)
      })
      const wanted = expected.map(([item, place]) => [
        ...place,
        ...attributesOf(item),
        hexOf(item.traceId),
        hexOf(item.spanId),
        hexOf(item.parentSpanId),
        item.traceState ?? '',
        item.name ?? '',
        item.kind ?? 0,
        item.startTimeUnixNano ?? '0',
        item.endTimeUnixNano ?? '0',
        dataOf(item.status).code ?? 0,
        dataOf(item.status).message ?? '',
        item.flags ?? 0,
        item.droppedAttributesCount ?? 0,
        listIn(item.events).map((it) => [
          it.name ?? '',
          it.timeUnixNano ?? '0',
          attributesOf(it)[0],
        ]),
        listIn(item.links).map((it) => [
          hexOf(it.traceId),
          hexOf(it.spanId),
          it.traceState ?? '',
          it.flags ?? 0,
          attributesOf(it)[0],
        ]),
      ])
      expect(seen).toEqual(wanted)
    }),
    { numRuns: 200 },
  )
})

test('a log view reads what a general decoder reads', () => {
  fc.assert(
    fc.property(requestsOf.logs, (data) => {
      const bytes = oracleEncode('logs', data)
      const expected = itemsOf(
        oracleDecode('logs', bytes),
        'resourceLogs',
        'scopeLogs',
        'logRecords',
      )
      const seen: unknown[] = []
      forEachLogRecord(decode('logs', bytes), (record) => {
        seen.push([
          ...surroundings(record),
          record.traceIdHex(),
          record.spanIdHex(),
          `${record.timeUnixNano}`,
          `${record.observedTimeUnixNano}`,
          record.severityNumber,
          record.severityText(),
          record.eventName(),
          record.flags,
          shown(record.body),
        ])
      })
      const wanted = expected.map(([item, place]) => [
        ...place,
        ...attributesOf(item),
        hexOf(item.traceId),
        hexOf(item.spanId),
        item.timeUnixNano ?? '0',
        item.observedTimeUnixNano ?? '0',
        item.severityNumber ?? 0,
        item.severityText ?? '',
        item.eventName ?? '',
        item.flags ?? 0,
        wantedValue(dataOf(item.body)),
      ])
      expect(seen).toEqual(wanted)
    }),
    { numRuns: 200 },
  )
})

test('a data point view reads what a general decoder reads', () => {
  fc.assert(
    fc.property(requestsOf.metrics, (data) => {
      const bytes = oracleEncode('metrics', data)
      const metrics = itemsOf(
        oracleDecode('metrics', bytes),
        'resourceMetrics',
        'scopeMetrics',
        'metrics',
      )
      const seen: unknown[] = []
      const places: number[] = []
      forEachDataPoint(decode('metrics', bytes), (point) => {
        const exponential = point.exponential()
        places.push(point.metricIndex)
        seen.push([
          ...surroundings(point),
          [point.type, point.name(), point.description(), point.unit()],
          point.temporality,
          point.isMonotonic,
          `${point.startTimeUnixNano}`,
          `${point.timeUnixNano}`,
          point.flags,
          point.asBigInt()?.toString() ?? point.asNumber(),
          [point.count, point.sum, point.min, point.max],
          [point.bucketCounts(), point.explicitBounds(), point.quantiles()],
          exponential && [exponential.scale, exponential.zeroCount, exponential.zeroThreshold],
          exponential?.positive,
          exponential?.negative,
        ])
      })
      const wanted = metrics.flatMap(([metric, place]) =>
        pointTypes.flatMap(([field, type]) => {
          const of = dataOf(metric[field])
          return listIn(of.dataPoints).map((point) => wantedPoint(type, metric, of, point, place))
        }),
      )
      expect(seen).toEqual(wanted)
      const pointsIn = (metric: Data) =>
        pointTypes.flatMap(([field]) => listIn(dataOf(metric[field]).dataPoints))
      expect(places).toEqual(metrics.flatMap(([it], at) => pointsIn(it).map(() => at)))
    }),
    { numRuns: 200 },
  )
})

const pointTypes = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
] as const

function wantedPoint(type: string, metric: Data, of: Data, point: Data, place: unknown[]) {
  const isNumber = type === 'gauge' || type === 'sum'
  const isExponential = type === 'exponential_histogram'
  const side = (it: Data) => ({
    offset: it.offset ?? 0,
    counts: listOfStrings(it.bucketCounts).map(Number),
  })
  return [
    ...place,
    ...attributesOf(point),
    [type, metric.name ?? '', metric.description ?? '', metric.unit ?? ''],
    of.aggregationTemporality ?? 0,
    of.isMonotonic ?? false,
    point.startTimeUnixNano ?? '0',
    point.timeUnixNano ?? '0',
    point.flags ?? 0,
    point.asInt ?? point.asDouble,
    [
      Number(point.count ?? 0),
      isNumber ? undefined : (point.sum ?? undefined),
      point.min,
      point.max,
    ],
    [
      type === 'histogram' ? listOfStrings(point.bucketCounts).map(Number) : [],
      point.explicitBounds ?? [],
      listIn(point.quantileValues).map((it) => ({
        quantile: it.quantile ?? 0,
        value: it.value ?? 0,
      })),
    ],
    isExponential
      ? [point.scale ?? 0, Number(point.zeroCount ?? 0), point.zeroThreshold ?? 0]
      : undefined,
    isExponential ? side(dataOf(point.positive)) : undefined,
    isExponential ? side(dataOf(point.negative)) : undefined,
  ]
}

test('slots are read once per visit and forgotten with it', () => {
  const one = (key: string) => ({ attributes: [{ key, value: { stringValue: key } }] })
  const bytes = oracleEncode('traces', {
    resourceSpans: [{ scopeSpans: [{ spans: [one('a'), {}, one('b')] }] }],
  })
  const seen: unknown[] = []
  forEachSpan(decode('traces', bytes), (span) => {
    const slots = span.attributes(matcher)
    expect(span.attributes(matcher)).toBe(slots)
    seen.push([slots.string(0), slots.string(1), slots.has(2)])
  })
  expect(seen).toEqual([
    ['a', undefined, false],
    [undefined, undefined, false],
    [undefined, 'b', false],
  ])
})

test('a matcher refuses a key that is wanted twice', () => {
  expect(() => compileMatcher(['a', 'b', 'a'])).toThrow(TypeError)
})

interface WithAttributes {
  forEachAttribute(visit: (key: string, value: ValueView) => void): void
}

type Viewed = WithAttributes & {
  readonly resource: ResourceView
  readonly scope: ScopeView
  attributes(wanted: typeof matcher): ReturnType<ScopeView['attributes']>
}

function surroundings(view: Viewed): unknown[] {
  const { resource, scope } = view
  const slots = view.attributes(matcher)
  return [
    [listOf(resource), resource.schemaUrl(), resource.droppedAttributesCount],
    [listOf(scope), scope.name(), scope.version(), scope.schemaUrl()],
    listOf(view),
    keys.map((_, slot) => {
      const value = slots.get(slot)
      return value && shown(value)
    }),
  ]
}

function listOf(view: WithAttributes): unknown[] {
  const list: unknown[] = []
  view.forEachAttribute((key, value) => list.push([key, shown(value)]))
  return list
}

/** Kind and content; what the accessors of other kinds answer is checked on the way. */
function shown(value: ValueView): unknown {
  if (value.kind !== 'string') expect(value.asString()).toBeUndefined()
  switch (value.kind) {
    case 'int':
      expect(value.asNumber()).toBe(Number(value.asBigInt()))
      return ['intValue', `${value.asBigInt()}`]
    case 'string':
      expect(Buffer.from(value.rawBytes()).toString()).toBe(value.asString())
      return ['stringValue', value.asString()]
    case 'bool':
      return ['boolValue', value.asBool()]
    case 'double':
      return ['doubleValue', value.asNumber()]
    case 'bytes':
      return ['bytesValue', Buffer.from(value.asBytes() ?? []).toString('base64')]
    case 'array': {
      const values: unknown[] = []
      value.forEachElement((it) => values.push(shown(it)))
      return ['arrayValue', values]
    }
    case 'kvlist': {
      const entries: unknown[] = []
      value.forEachEntry((key, it) => entries.push([key, shown(it)]))
      return ['kvlistValue', entries]
    }
    default:
      return ['empty']
  }
}

function wantedValue(value: Data): unknown {
  const [kind, content] = Object.entries(value)[0] ?? ['empty']
  if (kind === 'empty') return ['empty']
  const values = listIn(dataOf(content).values)
  if (kind === 'arrayValue') return [kind, values.map(wantedValue)]
  if (kind !== 'kvlistValue') return [kind, content]
  return [kind, values.map((it) => [it.key ?? '', wantedValue(dataOf(it.value))])]
}

/** All attributes, and for each wanted key the first. */
function attributesOf(data: Data): unknown[] {
  const list = listIn(data.attributes).map((it): [unknown, unknown] => [
    it.key ?? '',
    wantedValue(dataOf(it.value)),
  ])
  return [list, keys.map((key) => list.find(([name]) => name === key)?.[1])]
}

function itemsOf(request: Data, resources: string, scopes: string, items: string) {
  return listIn(request[resources]).flatMap((whole) =>
    listIn(whole[scopes]).flatMap((scoped) =>
      listIn(scoped[items]).map((item): [Data, unknown[]] => {
        const resource = dataOf(whole.resource)
        const scope = dataOf(scoped.scope)
        return [
          item,
          [
            [
              attributesOf(resource)[0],
              whole.schemaUrl ?? '',
              resource.droppedAttributesCount ?? 0,
            ],
            [attributesOf(scope)[0], scope.name ?? '', scope.version ?? '', scoped.schemaUrl ?? ''],
          ],
        ]
      }),
    ),
  )
}

function listIn(value: unknown): Data[] {
  return Array.isArray(value) ? value : []
}

function listOfStrings(value: unknown): string[] {
  return Array.isArray(value) ? value : []
}

function dataOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function hexOf(base64: unknown): string {
  const hex = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64').toString('hex')
  return /^0*$/.test(hex) ? '' : hex
}
