import { fromJson } from '../../pdata/json.ts'
import { decode } from '../../pdata/payload.ts'
import { forEachSpan, type SpanView } from '../../pdata/spans.ts'
import type { DialectName } from '../dialect.ts'
import { compileSources, type Sources } from '../sources.ts'
import { Values } from '../values.ts'
import { usageKeys } from './keys.ts'
import { readUsageSet } from './read-usage-set.ts'
import type { UsageSet } from './usage-set.ts'

export type Attribute = string | number | boolean | readonly string[] | Ints

/** A structured value: a kvlist of integers. */
export interface Ints {
  readonly [key: string]: number
}

export type Attributes = Readonly<Record<string, Attribute>>

export interface SpanSpec {
  readonly attributes?: Attributes
  readonly startMs?: number
  readonly endMs?: number
  readonly events?: readonly { readonly name: string; readonly atMs: number }[]
}

/** What is read of a span that came over the wire. */
export function readSpan<T>(spec: SpanSpec, read: (span: SpanView) => T): T | undefined {
  let found: T | undefined
  forEachSpan(decode('traces', fromJson('traces', requestOf(spec))), (span) => {
    found = read(span)
  })
  return found
}

/** What a function reads from the attributes of a span through the sources of a table. */
export function readThrough<Name extends string, T>(
  table: Readonly<Record<Name, readonly string[]>>,
  attributes: Attributes,
  read: (values: Values, at: Sources<Name>['of']) => T,
): T | undefined {
  const { matcher, of } = compileSources(table)
  return readSpan({ attributes }, (span) => read(new Values().reset(span.attributes(matcher)), of))
}

/** The set of counts on a span, its dialect and scope being known. */
export function setOn(
  attributes: Attributes,
  { dialect = 'otel', scope = 'app' }: { dialect?: DialectName; scope?: string } = {},
): UsageSet | undefined {
  const hasOpenInference = 'openinference.span.kind' in attributes
  return readThrough(usageKeys, attributes, (values, at) =>
    readUsageSet(values, at, { dialect, scope, hasOpenInference }),
  )
}

function requestOf({ attributes = {}, startMs = 0, endMs = 0, events = [] }: SpanSpec): string {
  const span = {
    traceId: '0'.repeat(31) + 1,
    spanId: '0'.repeat(15) + 1,
    name: 'chat',
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(endMs),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) })),
    events: events.map(({ name, atMs }) => ({ name, timeUnixNano: nanos(atMs) })),
  }
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}

function nanos(ms: number): string {
  return `${BigInt(Math.round(ms * 1_000)) * 1_000n}`
}

function anyValue(value: Attribute): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: numeral(value) }
  }
  if (isTexts(value)) return { arrayValue: { values: value.map(anyValue) } }
  const values = Object.entries(value).map(([key, it]) => ({ key, value: anyValue(it) }))
  return { kvlistValue: { values } }
}

function isTexts(value: readonly string[] | Ints): value is readonly string[] {
  return Array.isArray(value)
}

/** JSON has no NaN; OTLP writes it as a string. */
function numeral(value: number): number | string {
  return Number.isFinite(value) ? value : `${value}`
}
