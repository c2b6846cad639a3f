import fc from 'fast-check'
import type { Signal } from '../../src/pdata/signal.ts'
import type { Data } from './otlp-oracle.ts'

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', 'a', 'gen_ai.system', 'service.name', 'grüße', '🛰') },
  fc.string({ unit: 'grapheme', maxLength: 50 }),
)
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
const count = fc.bigInt({ min: 0n, max: 2n ** 53n }).map(String)
/** Without -0, which JSON.stringify does not tell from 0. */
const double = fc
  .oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 1, -2.5))
  .map((value) => (value === 0 ? 0 : value))
const id = (size: number) =>
  fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ minLength: size, maxLength: size }))
const few = <T>(item: fc.Arbitrary<T>, maxLength = 3) => fc.array(item, { maxLength })

/** Fields that OTLP does not have; the oracle's extended schema has them in every message. */
const extras = {
  extraText: text,
  extraNumbers: few(uint64, 2),
  extraMessage: fc.record({ key: text }, { requiredKeys: [] }),
}

function message(
  fields: { readonly [key: string]: fc.Arbitrary<unknown> },
  requiredKeys: string[] = [],
): fc.Arbitrary<Data> {
  const plain = fc.record<Data>(fields, { requiredKeys })
  const extended = fc.record<Data>({ ...fields, ...extras }, { requiredKeys })
  return fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: extended })
}

export const keys = ['a', 'b', 'service.name', 'gen_ai.system', '', 'grüße', 'a'.repeat(130)]
const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, text)

const { anyValue } = fc.letrec<{ anyValue: Data; keyValue: Data }>((tie) => ({
  keyValue: fc.record({ key, value: tie('anyValue') }, { requiredKeys: [] }),
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: text }),
    fc.constant({}),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: double }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 20 }) }),
    fc.record({ arrayValue: fc.record({ values: few(tie('anyValue')) }) }),
    fc.record({ kvlistValue: fc.record({ values: few(tie('keyValue')) }) }),
  ),
}))
const attributes = few(message({ key, value: anyValue }), 6)
const dropped = { droppedAttributesCount: uint32 }

const event = message({ timeUnixNano: uint64, name: text, attributes, ...dropped })
const link = message({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  attributes,
  flags: uint32,
  ...dropped,
})
const span = message({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  parentSpanId: id(8),
  name: text,
  kind: fc.nat(7),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  events: few(event),
  droppedEventsCount: uint32,
  links: few(link),
  droppedLinksCount: uint32,
  status: message({ message: text, code: fc.nat(2) }),
  flags: uint32,
  ...dropped,
})
const logRecord = message({
  timeUnixNano: uint64,
  severityNumber: fc.nat(24),
  severityText: text,
  body: anyValue,
  attributes,
  flags: uint32,
  traceId: id(16),
  spanId: id(8),
  observedTimeUnixNano: uint64,
  eventName: text,
  ...dropped,
})

const number = fc.oneof(
  fc.record({ asDouble: double }),
  fc.record({ asInt: int64 }),
  fc.constant({}),
)
const withNumber = (data: fc.Arbitrary<Data>) =>
  fc.tuple(data, number).map(([rest, value]) => ({ ...rest, ...value }))
const exemplar = withNumber(
  message({ timeUnixNano: uint64, spanId: id(8), traceId: id(16), filteredAttributes: attributes }),
)
const point = { startTimeUnixNano: uint64, timeUnixNano: uint64, attributes, flags: uint32 }
const exemplars = few(exemplar, 2)
const numberPoint = withNumber(message({ ...point, exemplars }))
const minMax = { sum: double, min: double, max: double }
const histogramPoint = message({
  ...point,
  ...minMax,
  count,
  bucketCounts: few(count),
  explicitBounds: few(double),
  exemplars,
})
const buckets = message({ offset: fc.integer(), bucketCounts: few(count) })
const exponentialPoint = message({
  ...point,
  ...minMax,
  count,
  scale: fc.integer({ min: -10, max: 20 }),
  zeroCount: count,
  positive: buckets,
  negative: buckets,
  exemplars,
  zeroThreshold: double,
})
const summaryPoint = message({
  ...point,
  count,
  sum: double,
  quantileValues: few(message({ quantile: double, value: double })),
})
const aggregationTemporality = fc.nat(2)
const data = fc.oneof(
  fc.record({ gauge: message({ dataPoints: few(numberPoint) }) }),
  fc.record({
    sum: message({
      dataPoints: few(numberPoint),
      aggregationTemporality,
      isMonotonic: fc.boolean(),
    }),
  }),
  fc.record({ histogram: message({ dataPoints: few(histogramPoint), aggregationTemporality }) }),
  fc.record({
    exponentialHistogram: message({ dataPoints: few(exponentialPoint), aggregationTemporality }),
  }),
  fc.record({ summary: message({ dataPoints: few(summaryPoint) }) }),
  fc.constant({}),
)
const metric = fc
  .tuple(message({ name: text, description: text, unit: text, metadata: attributes }), data)
  .map(([rest, value]) => ({ ...rest, ...value }))

const entity = message({
  schemaUrl: text,
  type: text,
  idKeys: few(text),
  descriptionKeys: few(text),
})
const resource = message({ attributes, entityRefs: few(entity, 2), ...dropped })
const scope = message({ name: text, version: text, attributes, ...dropped })

function request(resources: string, scopes: string, items: string, item: fc.Arbitrary<Data>) {
  const scoped = message({ scope, [items]: few(item, 4), schemaUrl: text }, [items])
  const whole = message({ resource, [scopes]: few(scoped), schemaUrl: text }, [scopes])
  return message({ [resources]: few(whole) }, [resources])
}

/** Requests of every shape: missing parts, empty envelopes, duplicate keys, unknown fields. */
export const requestsOf: Readonly<Record<Signal, fc.Arbitrary<Data>>> = {
  traces: request('resourceSpans', 'scopeSpans', 'spans', span),
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', metric),
}

/** Messages that can be given twice, by name: their parts have to be merged. */
export const mergeable: readonly (readonly [string, fc.Arbitrary<Data>])[] = [
  ['Span', span],
  ['LogRecord', logRecord],
  ['Metric', metric],
]

export const editValue = fc.oneof(
  text,
  fc.boolean(),
  double,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.uint8Array({ maxLength: 9 }),
  few(text),
  fc.dictionary(fc.constantFrom('x', 'y'), text),
)
