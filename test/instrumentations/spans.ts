import { z } from 'zod'
import { type Data, oracleDecode } from '../support/otlp-oracle.ts'

/** A span as it arrived, with what it says about tokens. */
export interface Arrived {
  /** How many of the spans that arrived are above it. */
  readonly depth: number
  readonly scope: string
  readonly name: string
  /** The attributes whose names speak of usage, whatever the dialect. */
  readonly usage: Readonly<Record<string, unknown>>
}

/** All spans of some export requests: each before those below it, else as they started. */
export function spansOf(bodies: readonly Buffer[]): readonly Arrived[] {
  const all = bodies.flatMap((body) => decoded(oracleDecode('traces', body))).toSorted(earlier)
  const ids = new Set(all.map((it) => it.spanId))
  const withThoseBelow = (span: Decoded, depth: number): Arrived[] => [
    { depth, scope: span.scope, name: span.name, usage: usageOf(span) },
    ...all
      .filter((it) => it.parentSpanId === span.spanId)
      .flatMap((it) => withThoseBelow(it, depth + 1)),
  ]
  return all.filter((it) => !ids.has(it.parentSpanId)).flatMap((it) => withThoseBelow(it, 0))
}

/** Names of spans, indented below the span above them. */
export function tree(spans: readonly Arrived[]): string[] {
  return spans.map(({ depth, name }) => '  '.repeat(depth) + name)
}

/** The usage of every span that has some. */
export function usages(spans: readonly Arrived[]): Arrived['usage'][] {
  return spans.map((it) => it.usage).filter((it) => Object.keys(it).length > 0)
}

const value = z.union([
  z.object({ stringValue: z.string() }).transform((it) => it.stringValue),
  z.object({ intValue: z.coerce.number() }).transform((it) => it.intValue),
  z.looseObject({}),
])
const span = z.object({
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: z.array(z.object({ key: z.string(), value })).default([]),
})
const scopeSpans = z.object({ scope: z.object({ name: z.string() }), spans: z.array(span) })
const request = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(scopeSpans) })),
})

interface Decoded extends z.output<typeof span> {
  readonly scope: string
}

function decoded(data: Data): Decoded[] {
  return request
    .parse(data)
    .resourceSpans.flatMap((it) => it.scopeSpans)
    .flatMap(({ scope, spans }) => spans.map((it) => ({ ...it, scope: scope.name })))
}

/** The SDK knows starts to a millisecond only; of two spans in a row, the first ends first. */
function earlier(a: Decoded, b: Decoded): number {
  const startNano = a.startTimeUnixNano - b.startTimeUnixNano
  return Number(startNano || a.endTimeUnixNano - b.endTimeUnixNano)
}

function usageOf({ attributes }: Decoded): Arrived['usage'] {
  const usage = attributes.filter(({ key }) => /usage|token_count/.test(key))
  return Object.fromEntries(usage.map((it) => [it.key, it.value]))
}
