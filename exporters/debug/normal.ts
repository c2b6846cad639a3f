import type { Alert } from '../../src/alerts/alert.ts'
import type { Batch } from '../../src/component/batch.ts'
import type { ValueView } from '../../src/pdata/attributes.ts'
import { forEachLogRecord, type LogView } from '../../src/pdata/logs.ts'
import { type DataPointView, forEachDataPoint } from '../../src/pdata/metrics.ts'
import { forEachSpan, type SpanView } from '../../src/pdata/spans.ts'
import { escaped } from './escape.ts'
import type { Paint } from './paint.ts'
import { publicText } from './values.ts'

/** Attributes shown of one item. */
const maxAttributes = 6

/** Characters shown of a log line. */
const maxBody = 160

/** A line for each span, log record, data point or alert; nothing in them is what somebody said. */
export function normal(batch: Batch, paint: Paint): string[] {
  const lines: string[] = []
  switch (batch.kind) {
    case 'traces':
      forEachSpan(batch.payload, (span) => lines.push(spanLine(span, paint)))
      break
    case 'logs':
      forEachLogRecord(batch.payload, (record) => lines.push(recordLine(record, paint)))
      break
    case 'metrics':
      forEachDataPoint(batch.payload, (point) => lines.push(pointLine(point, paint)))
      break
    case 'alerts':
      for (const alert of batch.alerts) lines.push(alertLine(alert, paint))
  }
  if (batch.kind !== 'alerts' && batch.facts.length > 0) {
    lines.push(paint.weak(`${batch.facts.length} facts`))
  }
  return lines
}

function spanLine(span: SpanView, paint: Paint): string {
  return joined(
    'span',
    paint.strong(escaped(span.name())),
    durationText(span.endMs - span.startMs),
    statusText(span, paint),
    paint.weak(ids(span.traceIdHex(), span.spanIdHex())),
    attributes(span),
  )
}

/** The message of a status is an exception's more often than not, and may quote a prompt. */
function statusText(span: SpanView, paint: Paint): string {
  if (span.statusCode === 1) return paint.good('ok')
  return span.statusCode === 2 ? paint.bad('error') : 'unset'
}

function recordLine(record: LogView, paint: Paint): string {
  const { severityNumber } = record
  const severity = escaped(record.severityText()) || `severity ${severityNumber}`
  return joined(
    'log',
    severityNumber >= 17 ? paint.bad(severity) : severity,
    paint.strong(escaped(record.eventName())),
    bodyText(record),
    paint.weak(ids(record.traceIdHex(), record.spanIdHex())),
    attributes(record),
  )
}

/** A plain log line is shown; the body of an event, or of a record about a model, is its content. */
function bodyText(record: LogView): string {
  const { body } = record
  if (body.kind === 'empty') return ''
  let isEvent = record.eventName() !== ''
  record.forEachAttribute((key) => {
    isEvent ||= /^(event\.name$|gen_ai\.|llm\.)/.test(key)
  })
  const text = body.asString()
  if (text === undefined || isEvent) return publicText('body', record.body)
  return escaped(text.length > maxBody ? `${text.slice(0, maxBody)}…` : text)
}

function pointLine(point: DataPointView, paint: Paint): string {
  return joined(
    'point',
    paint.strong(escaped(point.name())),
    valueText(point),
    escaped(point.unit()),
    paint.weak(point.type),
    attributes(point),
  )
}

function valueText(point: DataPointView): string {
  if (point.type === 'gauge' || point.type === 'sum')
    return `${point.asBigInt() ?? point.asNumber()}`
  const parts = [`count=${point.count}`]
  if (point.sum !== undefined) parts.push(`sum=${point.sum}`)
  if (point.min !== undefined) parts.push(`min=${point.min}`)
  if (point.max !== undefined) parts.push(`max=${point.max}`)
  return parts.join(' ')
}

function alertLine(alert: Alert, paint: Paint): string {
  const isFiring = alert.state === 'firing'
  const labels = Object.entries(alert.labels).map(([key, value]) => `${key}=${value}`)
  return joined(
    'alert',
    isFiring ? paint.bad(alert.state) : paint.good(alert.state),
    alert.severity,
    paint.strong(escaped(alert.signal)),
    escaped(alert.summary),
    escaped(labels.join(' ')),
    `since ${new Date(alert.sinceMs).toISOString()}`,
  )
}

/** The first attributes in their order, those about the model before all others. */
function attributes(item: {
  forEachAttribute(visit: (key: string, value: ValueView) => void): void
}): string {
  const first: string[] = []
  const others: string[] = []
  item.forEachAttribute((key, value) => {
    const list = key.startsWith('gen_ai.') ? first : others
    if (list.length < maxAttributes) list.push(`${escaped(key)}=${publicText(key, value)}`)
  })
  return [...first, ...others].slice(0, maxAttributes).join(' ')
}

/** The beginning of both ids, enough to find the rest. */
function ids(traceId: string, spanId: string): string {
  return traceId === '' ? '' : `${traceId.slice(0, 8)}/${spanId.slice(0, 8)}`
}

/** Such as `250µs`, `12.3ms`, `1.25s`. */
export function durationText(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)}µs`
  return ms < 1000 ? `${Number(ms.toFixed(1))}ms` : `${Number((ms / 1000).toFixed(2))}s`
}

function joined(...parts: readonly string[]): string {
  return parts.filter((it) => it !== '').join('  ')
}
