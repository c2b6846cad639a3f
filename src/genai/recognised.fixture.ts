import { compileMatcher } from '../pdata/attributes.ts'
import { fromJson } from '../pdata/json.ts'
import { decode } from '../pdata/payload.ts'
import { forEachSpan } from '../pdata/spans.ts'
import { Recogniser, type Recognition, recognitionKeys } from './recognise.ts'
import { dialectOfScope } from './scope-dialect.ts'

/** A span as a test writes it; all but what matters may be left out. */
export interface SpanSpec {
  readonly scope?: string
  readonly resource?: Readonly<Record<string, string>>
  readonly name?: string
  readonly attributes?: Readonly<Record<string, AttributeSpec>>
}

export type AttributeSpec = string | number | boolean | readonly string[]

const matcher = compileMatcher(recognitionKeys)
const recogniser = new Recogniser(matcher)

/** What a span is found to be, having come over the wire. */
export function recognised(spec: SpanSpec): Recognition | undefined {
  const { scope = 'app', resource = {} } = spec
  const told = dialectOfScope(scope, (key) => resource[key])
  let recognition: Recognition | undefined
  forEachSpan(decode('traces', fromJson('traces', requestOf(spec))), (span) => {
    recognition = recogniser.recognise(told, span.attributes(matcher), span)
  })
  return recognition
}

/** What matters most: whose it is, and what it does. */
export function told(spec: SpanSpec): string {
  const recognition = recognised(spec)
  return recognition === undefined ? 'nothing' : `${recognition.dialect} ${recognition.operation}`
}

function requestOf({ scope = 'app', name = 'span', attributes = {} }: SpanSpec): string {
  const list = Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
  const span = { traceId: '0'.repeat(31) + 1, spanId: '0'.repeat(15) + 1, name, attributes: list }
  return JSON.stringify({
    resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: scope }, spans: [span] }] }],
  })
}

function anyValue(value: AttributeSpec): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number') {
    return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } }
  }
  return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: value }
}
