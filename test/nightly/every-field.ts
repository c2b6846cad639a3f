import type { Signal } from '../../src/pdata/signal.ts'
import type { Data } from '../support/otlp-oracle.ts'

const traceId = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')
const spanId = Buffer.from('b7ad6b7169203331', 'hex')
const otherSpanId = Buffer.from('00f067aa0ba902b7', 'hex')
const startTimeUnixNano = '1764000000123456789'
const timeUnixNano = '1764000002500000001'
/** Sampled, random trace id, and the parent is known to be remote: bits 0, 1, 8 and 9. */
const flags = 0x303

const values = {
  text: { stringValue: 'schöne Grüße 🛰' },
  empty: { stringValue: '' },
  yes: { boolValue: true },
  no: { boolValue: false },
  whole: { intValue: '-9007199254740993' },
  zero: { intValue: '0' },
  part: { doubleValue: 0.1 },
  bytes: { bytesValue: Buffer.from([0, 255, 128]) },
  list: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }, {}] } },
  map: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } },
}
const attributes = Object.entries(values).map(([key, value]) => ({ key, value }))
const envelope = {
  resource: {
    attributes,
    droppedAttributesCount: 3,
    entityRefs: [
      {
        schemaUrl: 'https://example.com/entity',
        type: 'service',
        idKeys: ['text'],
        descriptionKeys: ['whole'],
      },
    ],
  },
  schemaUrl: 'https://opentelemetry.io/schemas/1.40.0',
}
const scoped = {
  scope: { name: 'interop', version: '1.2.3', attributes, droppedAttributesCount: 4 },
  schemaUrl: 'https://opentelemetry.io/schemas/1.39.0',
}

const span = {
  traceId,
  spanId,
  traceState: 'vendor=a:b,other=1',
  parentSpanId: otherSpanId,
  name: 'invoke_agent support-bot',
  kind: 3,
  startTimeUnixNano,
  endTimeUnixNano: timeUnixNano,
  attributes,
  droppedAttributesCount: 5,
  events: [{ timeUnixNano, name: 'exception', attributes, droppedAttributesCount: 6 }],
  droppedEventsCount: 7,
  links: [
    {
      traceId,
      spanId: otherSpanId,
      traceState: 'vendor=c',
      attributes,
      droppedAttributesCount: 8,
      flags,
    },
  ],
  droppedLinksCount: 9,
  status: { message: 'boom', code: 2 },
  flags,
}

const logRecord = {
  timeUnixNano,
  observedTimeUnixNano: '1764000002600000002',
  severityNumber: 17,
  severityText: 'ERROR',
  body: values.map,
  attributes,
  droppedAttributesCount: 10,
  flags: 1,
  traceId,
  spanId,
  eventName: 'gen_ai.evaluation.result',
}

const exemplars = [
  { timeUnixNano, asDouble: 2.5, spanId, traceId, filteredAttributes: attributes },
  { timeUnixNano, asInt: '-3', spanId, traceId },
]
const point = { startTimeUnixNano, timeUnixNano, attributes, flags: 1, exemplars }
const distribution = { ...point, count: '6', sum: 12.5, min: 0, max: 7.25 }
const metrics: Data[] = [
  { gauge: { dataPoints: [{ ...point, asDouble: -0.5 }] } },
  { sum: { dataPoints: [{ ...point, asInt: '0' }], aggregationTemporality: 1, isMonotonic: true } },
  {
    histogram: {
      dataPoints: [{ ...distribution, bucketCounts: ['1', '0', '5'], explicitBounds: [0.1, 2] }],
      aggregationTemporality: 2,
    },
  },
  {
    exponentialHistogram: {
      dataPoints: [
        {
          ...distribution,
          scale: -2,
          zeroCount: '1',
          zeroThreshold: 0.001,
          positive: { offset: -3, bucketCounts: ['1', '0', '2'] },
          negative: { offset: 4, bucketCounts: ['2'] },
        },
      ],
      aggregationTemporality: 1,
    },
  },
  {
    summary: {
      dataPoints: [
        {
          startTimeUnixNano,
          timeUnixNano,
          attributes,
          flags: 1,
          count: '6',
          sum: 12.5,
          quantileValues: [{ quantile: 0.99, value: 7.25 }],
        },
      ],
    },
  },
]

/** One request of each signal in which every field of OTLP has a value that is not its default. */
export const everyField: Readonly<Record<Signal, Data>> = {
  traces: { resourceSpans: [{ ...envelope, scopeSpans: [{ ...scoped, spans: [span] }] }] },
  logs: { resourceLogs: [{ ...envelope, scopeLogs: [{ ...scoped, logRecords: [logRecord] }] }] },
  metrics: {
    resourceMetrics: [{ ...envelope, scopeMetrics: [{ ...scoped, metrics: metrics.map(named) }] }],
  },
}

function named(data: Data): Data {
  const [name] = Object.keys(data)
  return { name, description: 'Of every kind one.', unit: '{token}', metadata: attributes, ...data }
}
