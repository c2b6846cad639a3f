import type { Batch } from '../../src/component/batch.ts'
import type { ResourceView, ScopeView } from '../../src/pdata/envelope.ts'
import { forEachLogRecord, type LogView } from '../../src/pdata/logs.ts'
import { type DataPointView, forEachDataPoint } from '../../src/pdata/metrics.ts'
import { forEachSpan, type SpanView } from '../../src/pdata/spans.ts'
import { escaped } from './escape.ts'
import { durationText } from './normal.ts'
import { Outline } from './outline.ts'
import type { Paint } from './paint.ts'
import { fullText } from './values.ts'

const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const statuses = ['unset', 'ok', 'error']
const temporalities = ['', 'delta', 'cumulative']

/** Everything in a batch, texts and facts included. */
export function detailed(batch: Batch, paint: Paint): string[] {
  const outline = new Outline()
  const place = new PlaceLines(outline, paint)
  switch (batch.kind) {
    case 'traces':
      forEachSpan(batch.payload, (span) => place.item(span, () => spanLines(span, outline, paint)))
      break
    case 'logs':
      forEachLogRecord(batch.payload, (it) => place.item(it, () => recordLines(it, outline, paint)))
      break
    case 'metrics':
      forEachDataPoint(batch.payload, (it) => place.item(it, () => pointLines(it, outline, paint)))
      break
    case 'alerts':
      for (const alert of batch.alerts) dataLines(`Alert ${alert.signal}`, alert, outline, paint)
  }
  if (batch.kind !== 'alerts') {
    for (const fact of batch.facts) dataLines(`Fact ${fact.kind}`, fact, outline, paint)
  }
  return outline.lines
}

/** Names resource and scope where they change; the views are reused, so their lines are compared. */
class PlaceLines {
  readonly #outline: Outline
  readonly #paint: Paint
  #shown = ''

  constructor(outline: Outline, paint: Paint) {
    this.#outline = outline
    this.#paint = paint
  }

  item(
    it: { readonly resource: ResourceView; readonly scope: ScopeView },
    write: () => void,
  ): void {
    const lines = this.#linesOf(it.resource, it.scope)
    const text = `${it.resource.index}\n${lines.join('\n')}`
    if (text !== this.#shown) for (const line of lines) this.#outline.heading(line)
    this.#shown = text
    this.#outline.inside(write)
  }

  #linesOf(resource: ResourceView, scope: ScopeView): readonly string[] {
    const outline = new Outline()
    outline.heading(this.#paint.strong('Resource'))
    outline.inside(() => {
      outline.field('schema url', resource.schemaUrl())
      outline.field('dropped attributes', resource.droppedAttributesCount)
      outline.attributes(resource)
    })
    outline.heading(this.#paint.strong(`Scope ${escaped(scope.name())}`.trim()))
    outline.inside(() => {
      outline.field('version', scope.version())
      outline.field('schema url', scope.schemaUrl())
      outline.attributes(scope)
    })
    return outline.lines
  }
}

function spanLines(span: SpanView, outline: Outline, paint: Paint): void {
  outline.heading(paint.strong(`Span ${escaped(span.name())}`))
  outline.inside(() => {
    outline.field('trace id', span.traceIdHex())
    outline.field('span id', span.spanIdHex())
    outline.field('parent span id', span.parentSpanIdHex())
    outline.field('trace state', span.traceState())
    outline.field('flags', span.flags)
    outline.field('kind', spanKinds[span.kind] ?? span.kind)
    outline.time('start', span.startUnixNano)
    outline.time('end', span.endUnixNano)
    outline.field('duration', durationText(span.endMs - span.startMs))
    outline.field('status', statuses[span.statusCode] ?? span.statusCode)
    outline.field('status message', span.statusMessage())
    outline.field('dropped attributes', span.droppedAttributesCount)
    outline.attributes(span)
    span.forEachEvent((event) => {
      outline.heading(`event ${escaped(event.name())}`)
      outline.inside(() => {
        outline.time('time', event.timeUnixNano)
        outline.attributes(event)
      })
    })
    span.forEachLink((link) => {
      outline.heading('link')
      outline.inside(() => {
        outline.field('trace id', link.traceIdHex())
        outline.field('span id', link.spanIdHex())
        outline.attributes(link)
      })
    })
  })
}

function recordLines(record: LogView, outline: Outline, paint: Paint): void {
  outline.heading(paint.strong(`Log record ${escaped(record.eventName())}`.trim()))
  outline.inside(() => {
    outline.time('time', record.timeUnixNano)
    outline.time('observed', record.observedTimeUnixNano)
    outline.field('severity', record.severityText() || record.severityNumber)
    outline.field('trace id', record.traceIdHex())
    outline.field('span id', record.spanIdHex())
    outline.field('flags', record.flags)
    const { body } = record
    if (body.kind !== 'empty') outline.heading(`body: ${fullText(body)}`)
    outline.attributes(record)
  })
}

function pointLines(point: DataPointView, outline: Outline, paint: Paint): void {
  outline.heading(paint.strong(`Data point ${escaped(point.name())}`))
  outline.inside(() => {
    outline.field('description', point.description())
    outline.field('unit', point.unit())
    outline.field('type', point.type)
    outline.field('temporality', temporalities[point.temporality])
    if (point.isMonotonic) outline.field('monotonic', 'true')
    outline.time('start', point.startTimeUnixNano)
    outline.time('time', point.timeUnixNano)
    outline.field('flags', point.flags)
    valueLines(point, outline)
    outline.attributes(point)
  })
}

function valueLines(point: DataPointView, outline: Outline): void {
  const number = point.asBigInt() ?? point.asNumber()
  if (number !== undefined) return outline.heading(`value: ${number}`)
  outline.heading(`count: ${point.count}`)
  for (const key of ['sum', 'min', 'max'] as const) {
    const value = point[key]
    if (value !== undefined) outline.heading(`${key}: ${value}`)
  }
  outline.field('bounds', point.explicitBounds().join(' '))
  outline.field('bucket counts', point.bucketCounts().join(' '))
  outline.field(
    'quantiles',
    point
      .quantiles()
      .map((it) => `${it.quantile}=${it.value}`)
      .join(' '),
  )
  const exponential = point.exponential()
  if (exponential === undefined) return
  outline.heading(`scale: ${exponential.scale}`)
  outline.field('zero count', exponential.zeroCount)
  for (const side of ['positive', 'negative'] as const) {
    const { offset, counts } = exponential[side]
    if (counts.length > 0) outline.heading(`${side}: offset ${offset}, counts ${counts.join(' ')}`)
  }
}

/** Plain data of ours, a line for each property. */
function dataLines(title: string, data: object, outline: Outline, paint: Paint): void {
  outline.heading(paint.strong(escaped(title)))
  outline.inside(() => {
    for (const [key, value] of Object.entries(data)) {
      const text = typeof value === 'object' ? JSON.stringify(value) : `${value}`
      if (key !== 'kind' && value !== undefined) outline.heading(`${key}: ${escaped(text)}`)
    }
  })
}
