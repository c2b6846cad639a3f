import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SpanReader, type SpanReading } from '../../src/genai/read-span.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'
import { defaultTrustScales } from '../../src/genai/trust.ts'
import { defaultVerdictRules } from '../../src/genai/verdict-polarity.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { forEachLogRecord, type LogView } from '../../src/pdata/logs.ts'
import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan, type SpanView } from '../../src/pdata/spans.ts'
import type { Sent } from './understood.fixture.ts'

const spans = z.array(z.looseObject({ spanId: z.string(), parentSpanId: z.string().optional() }))
const scopeSpans = z.array(z.looseObject({ spans }))
const resourceSpans = z.array(z.looseObject({ scopeSpans }))

const requests = z.strictObject({
  traces: z.looseObject({ resourceSpans }).optional(),
  logs: z.looseObject({ resourceLogs: z.array(z.unknown()) }).optional(),
})

/** A worked example: the requests that its emitters send. */
export type Example = z.output<typeof requests>

/** Reads the requests of example 5.`number`. */
export function example(number: number): Example {
  const name = `5.${String(number).padStart(2, '0')}.json`
  return requests.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'examples', name), 'utf8')),
  )
}

/** The requests one after the other, spans first. */
export function sent({ traces, logs }: Example): Sent[] {
  return [traces, logs].filter((it) => it !== undefined).map((body) => ({ body }))
}

/** The request with one span of an example alone, below another one where that is told. */
export function onlySpan({ traces }: Example, id: string, parentSpanId = ''): object {
  const among = traces?.resourceSpans ?? []
  return {
    resourceSpans: among.map((resource) => ({
      ...resource,
      scopeSpans: resource.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans
          .filter((span) => span.spanId === id)
          .map((span) => ({ ...span, parentSpanId })),
      })),
    })),
  }
}

/** The spans of an example. */
export function spansOf({ traces }: Example) {
  const scopes = traces?.resourceSpans.flatMap((resource) => resource.scopeSpans) ?? []
  return scopes.flatMap((scope) => scope.spans)
}

/** Id of the nth span of an example. */
export function spanId(number: number, place: number): string {
  return `05${String(number).padStart(2, '0')}${String(place).padStart(12, '0')}`
}

/** Id of an example's trace. */
export function traceId(number: number, trace = 1): string {
  return `05${String(number).padStart(2, '0')}${String(trace).padStart(28, '0')}`
}

/** What is read from one span of an example. */
export function fromSpan<T>({ traces }: Example, id: string, read: (span: SpanView) => T): T {
  const found: { value: T }[] = []
  forEachSpan(decode('traces', fromJson('traces', JSON.stringify(traces))), (span) => {
    if (span.spanIdHex() === id) found.push({ value: read(span) })
  })
  const [first] = found
  if (first === undefined) throw new Error(`there is no span ${id}`)
  return first.value
}

/** A text among the attributes of a span. */
export function textOf(it: Example, id: string, key: string): string | undefined {
  return fromSpan(it, id, (span) => {
    let text: string | undefined
    span.forEachAttribute((name, value) => {
      if (name === key) text = value.asString()
    })
    return text
  })
}

/** What is read from each record of an example's log. */
export function fromLogs<T>({ logs }: Example, read: (record: LogView) => T): T[] {
  const found: T[] = []
  forEachLogRecord(decode('logs', fromJson('logs', JSON.stringify(logs))), (record) => {
    found.push(read(record))
  })
  return found
}

/** What one span of an example says by itself. */
export function readingOf(it: Example, id: string): SpanReading {
  const reader = new SpanReader({
    identity: {},
    trustScales: defaultTrustScales,
    confidenceAttribute: 'agent.prediction.confidence',
    verdictRules: defaultVerdictRules,
    bounded: (_dimension, name) => name,
  })
  const reading = fromSpan(it, id, (span) => reader.read(span))
  if (reading === undefined) throw new Error(`span ${id} is none of an agent`)
  return reading
}

/** The same of a span that says something. */
export function recordOf(it: Example, id: string): SpanRecord {
  const reading = readingOf(it, id)
  if (reading.kind !== 'agent') throw new Error(`span ${id} says nothing: ${reading.reason}`)
  return reading.record
}
