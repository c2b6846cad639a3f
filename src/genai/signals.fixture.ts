import { fromJson } from '../pdata/json.ts'
import { forEachLogRecord } from '../pdata/logs.ts'
import { forEachDataPoint } from '../pdata/metrics.ts'
import { decode } from '../pdata/payload.ts'
import { forEachSpan, type SpanView } from '../pdata/spans.ts'
import { confidenceKeys } from './confidence.ts'
import { delegationKeys } from './delegation.ts'
import { evaluationKeys } from './evaluations.ts'
import type { LogReading } from './log-reading.ts'
import { policyKeys } from './policy.ts'
import { readLog } from './read-log.ts'
import { type PointReading, readPoint } from './read-metric.ts'
import { compileSources } from './sources.ts'
import type { Who } from './span-record.ts'
import { defaultTrustScales, handshakeKeys, type TrustScales } from './trust.ts'
import { Values } from './values.ts'
import { variantKeys } from './variants.ts'
import { defaultVerdictRules } from './verdict-polarity.ts'

/** A value of an attribute as tests write it. */
export type Attribute = string | number | boolean | readonly Attribute[]

export interface SpanSpec {
  readonly scope?: string
  readonly name?: string
  readonly parentSpanId?: string
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly events?: readonly {
    readonly name: string
    readonly attributes: Readonly<Record<string, Attribute>>
  }[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
}

export const traceId = '5b8efff798038103d269b633813fc60c'
export const spanId = 'b7ad6b7169203331'

const keys = {
  ...policyKeys,
  ...delegationKeys,
  ...evaluationKeys,
  ...variantKeys,
  ...handshakeKeys,
  ...confidenceKeys(),
}

/** Every source of a span that the readers of signals need. */
export const { matcher: signalMatcher, of: signalSources } = compileSources(keys)

/** What a reader gives for a span, having come over the wire. */
export function readSpan<T>(spec: SpanSpec, read: (span: SpanView, values: Values) => T): T {
  const results: T[] = []
  const values = new Values()
  forEachSpan(decode('traces', fromJson('traces', requestOf(spec))), (span) => {
    results.push(read(span, values.reset(span.attributes(signalMatcher))))
  })
  return onlyOf(results)
}

function requestOf({ scope = 'app', name = 'span', ...spec }: SpanSpec): string {
  const span = {
    traceId,
    spanId,
    parentSpanId: spec.parentSpanId,
    name,
    attributes: keyValues(spec.attributes),
    events: spec.events?.map((event) => ({ ...event, attributes: keyValues(event.attributes) })),
    links: spec.links,
  }
  return JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ scope: { name: scope }, spans: [span] }] }],
  })
}

/** A record of the log as tests write it. */
export interface LogSpec {
  readonly scope?: string
  readonly service?: string
  readonly eventName?: string
  readonly body?: string
  readonly traceId?: string
  readonly spanId?: string
  readonly timeUnixNano?: string
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** Whose everything is in these tests. */
export const who: Who = {
  agent: 'planner',
  agentId: undefined,
  agentVersion: undefined,
  service: 'app',
  serviceVersion: undefined,
  environment: 'default',
  organization: 'default',
  team: undefined,
}

export function readLogged(spec: LogSpec): LogReading | undefined {
  const { scope = 'app', service = 'app', body, attributes, ...rest } = spec
  const record = {
    timeUnixNano: '1767225600000000000',
    ...rest,
    body: body === undefined ? undefined : { stringValue: body },
    attributes: keyValues(attributes),
  }
  const resource = { attributes: keyValues({ 'service.name': service }) }
  const scopeLogs = [{ scope: { name: scope }, logRecords: [record] }]
  const json = JSON.stringify({ resourceLogs: [{ resource, scopeLogs }] })
  const readings: (LogReading | undefined)[] = []
  forEachLogRecord(decode('logs', fromJson('logs', json)), (record) => {
    readings.push(readLog(record, { rules: defaultVerdictRules, whoOf: () => who }))
  })
  return onlyOf(readings)
}

/** What is read of each point of a metric. */
export function readMetric(
  metric: object,
  { trustScales = defaultTrustScales, service = 'app', instance = 'a' }: MetricSpec = {},
): readonly (PointReading | undefined)[] {
  const resource = {
    attributes: keyValues({ 'service.name': service, 'service.instance.id': instance }),
  }
  const scopeMetrics = [{ scope: { name: 'app' }, metrics: [metric] }]
  const json = JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics }] })
  const readings: (PointReading | undefined)[] = []
  forEachDataPoint(decode('metrics', fromJson('metrics', json)), (point) => {
    readings.push(readPoint(point, { trustScales, whoOf: () => who }))
  })
  return readings
}

interface MetricSpec {
  readonly trustScales?: TrustScales
  readonly service?: string
  readonly instance?: string
}

function onlyOf<T>(results: readonly T[]): T {
  for (const result of results) if (results.length === 1) return result
  throw new Error(`${results.length} were read, not 1`)
}

/** Attributes as OTLP/JSON has them. */
export function keyValues(attributes: Readonly<Record<string, Attribute>> = {}): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: Attribute): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return { intValue: `${value}` }
    return { doubleValue: Number.isFinite(value) ? value : `${value}` }
  }
  return { arrayValue: { values: value.map(anyValue) } }
}
