import type { Batch } from '../../src/component/batch.ts'
import { toJson } from '../../src/pdata/json.ts'
import type { Payload } from '../../src/pdata/payload.ts'
import { at } from './agents.fixture.ts'
import { request } from './running.fixture.ts'
import { spanIdOf, traceIdOf } from './traces.fixture.ts'

/** Values of attributes; a number with a fraction is a double, any other an int. */
export type Value = string | number | boolean | readonly string[]
export type Values = Readonly<Record<string, Value>>

/** A span in a request of its own; an agent's of a second that ended at 1 s unless told. */
export interface SpanSaying {
  readonly trace?: number
  readonly span?: number
  readonly parent?: number
  readonly name?: string
  readonly scope?: string
  readonly resource?: Values
  readonly traceState?: string
  readonly fromMs?: number
  readonly toMs?: number
  readonly status?: 'error' | 'ok'
  readonly events?: readonly { readonly name: string; readonly attributes: Values }[]
}

export function spanRequest(attributes: Values, saying: SpanSaying = {}): Payload {
  const { trace = 0, span = 1, parent, name = 'span', scope = 'test', status } = saying
  const { fromMs = at(0), toMs = at(1), traceState = '', events = [] } = saying
  const json = {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(span),
    ...(parent === undefined ? {} : { parentSpanId: spanIdOf(parent) }),
    traceState,
    name,
    startTimeUnixNano: nanos(fromMs),
    endTimeUnixNano: nanos(toMs),
    attributes: written(attributes),
    events: events.map((it) => ({ name: it.name, attributes: written(it.attributes) })),
    status: { code: status === undefined ? 0 : status === 'ok' ? 1 : 2 },
  }
  const resource = resourceOf(saying.resource)
  return request('traces', {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: scope }, spans: [json] }] }],
  })
}

/** An event of the log. */
export interface EventSaying {
  readonly trace?: number
  readonly span?: number
  readonly scope?: string
  readonly resource?: Values
  readonly atMs?: number
}

export function eventRequest(eventName: string, attributes: Values, saying: EventSaying = {}) {
  const { trace, span, scope = 'test', atMs = at(1) } = saying
  const record = {
    ...(trace === undefined ? {} : { traceId: traceIdOf(trace) }),
    ...(span === undefined ? {} : { spanId: spanIdOf(span) }),
    eventName,
    timeUnixNano: nanos(atMs),
    attributes: written(attributes),
  }
  const resource = resourceOf(saying.resource)
  return request('logs', {
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: scope }, logRecords: [record] }] }],
  })
}

/** A data point of a metric: a gauge, or a sum of one temporality. */
export interface PointSaying {
  readonly kind: 'gauge' | 'delta' | 'cumulative'
  readonly value: number
  readonly fromMs?: number
  readonly atMs?: number
  readonly attributes?: Values
  readonly resource?: Values
}

export function pointRequest(name: string, saying: PointSaying): Payload {
  const { kind, value, fromMs = at(0), atMs = at(1), attributes = {} } = saying
  const dataPoints = [
    {
      startTimeUnixNano: nanos(fromMs),
      timeUnixNano: nanos(atMs),
      asDouble: Number.isFinite(value) ? value : String(value),
      attributes: written(attributes),
    },
  ]
  const aggregationTemporality = kind === 'delta' ? 1 : 2
  const data =
    kind === 'gauge'
      ? { gauge: { dataPoints } }
      : { sum: { dataPoints, aggregationTemporality, isMonotonic: true } }
  const resource = resourceOf(saying.resource)
  return request('metrics', {
    resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name, ...data }] }] }],
  })
}

/** The attributes of the only span of a batch, as an exporter would send them. */
export function attributesAfter(batch: Batch): Readonly<Record<string, unknown>> {
  if (batch.kind === 'alerts') throw new Error('alerts have no spans')
  const sent: Sent = JSON.parse(toJson(batch.payload))
  const attributes = sent.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.attributes ?? []
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]))
}

interface SentValue {
  readonly stringValue?: string
  readonly intValue?: string
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values: readonly SentValue[] }
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly attributes?: readonly { readonly key: string; readonly value: SentValue }[]
      }[]
    }[]
  }[]
}

function plain(value: SentValue): unknown {
  const { stringValue, intValue, doubleValue, boolValue, arrayValue } = value
  const number = intValue === undefined ? doubleValue : Number(intValue)
  return stringValue ?? number ?? boolValue ?? arrayValue?.values.map(plain)
}

function resourceOf(attributes: Values = { 'service.name': 'support' }): object {
  return { attributes: written(attributes) }
}

function nanos(ms: number): string {
  return `${ms}000000`
}

function written(values: Values): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  }
  return { arrayValue: { values: value.map((it) => ({ stringValue: it })) } }
}
