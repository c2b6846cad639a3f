import { fromJson } from '../../pdata/json.ts'
import { forEachLogRecord, type LogView } from '../../pdata/logs.ts'
import { decode } from '../../pdata/payload.ts'
import { forEachSpan, type SpanView } from '../../pdata/spans.ts'

export type Attributes = Readonly<Record<string, unknown>>

export interface EventSpec {
  readonly name: string
  readonly attributes: Attributes
}

export interface LogSpec {
  readonly eventName?: string
  readonly body?: unknown
  readonly attributes?: Attributes
}

const traceId = '0af7651916cd43dd8448eb211c80319c'

/** A span with these attributes and events, read from the bytes of a request. */
export function aSpan(
  attributes: Attributes,
  events: readonly EventSpec[] = [],
  droppedAttributesCount = 0,
): SpanView {
  const span = {
    traceId,
    spanId: 'b7ad6b7169203331',
    name: 'chat gpt-5',
    attributes: keyValues(attributes),
    droppedAttributesCount,
    events: events.map((event) => ({ name: event.name, attributes: keyValues(event.attributes) })),
  }
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
  const views: SpanView[] = []
  const payload = decode('traces', fromJson('traces', JSON.stringify(request)))
  forEachSpan(payload, (view) => views.push(view))
  return only(views)
}

/** A log record, read from the bytes of a request. */
export function aLogRecord({ eventName, body, attributes = {} }: LogSpec): LogView {
  const record = {
    traceId,
    eventName,
    body: body === undefined ? undefined : anyValue(body),
    attributes: keyValues(attributes),
  }
  const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }
  const views: LogView[] = []
  const payload = decode('logs', fromJson('logs', JSON.stringify(request)))
  forEachLogRecord(payload, (view) => views.push(view))
  return only(views)
}

function only<T>(items: readonly T[]): T {
  const [item] = items
  if (item === undefined) throw new Error('nothing was read')
  return item
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

/** OTLP/JSON of a value: lists are arrays, objects kvlists, whole numbers ints. */
function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: `${value}` }
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return { intValue: value }
    return { doubleValue: Number.isFinite(value) ? value : `${value}` }
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (value === null || typeof value !== 'object') return {}
  return { kvlistValue: { values: keyValues({ ...value }) } }
}
