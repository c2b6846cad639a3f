import fc from 'fast-check'
import { Bags } from './bags.ts'
import { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import { wholly } from './checked-image.ts'
import { codecOf, double, list, optional, text } from './codec.ts'
import { Contributions } from './contribution.ts'
import { Counts } from './counts.ts'
import { Distinct } from './distinct.ts'
import { Extremes } from './extremes.ts'
import { Heartbeat } from './heartbeat.ts'
import { Histograms } from './histograms.ts'
import { IdSet } from './id-set.ts'
import { Latest } from './latest.ts'
import { Moments } from './moments.ts'
import { Money } from './money.ts'
import { Pairs } from './pairs.ts'
import { Parents } from './parents.ts'
import { Ring } from './ring.ts'
import { SpanTable } from './span-table.ts'
import type { Summary } from './summary.ts'
import { Union } from './union.ts'
import { Weights } from './weights.ts'

/** One kind of summary, for laws that hold for all of them. */
export interface Kind {
  readonly name: string
  /** A list of events in the order of their records. */
  readonly events: fc.Arbitrary<readonly unknown[]>
  readonly make: () => Summary
  readonly folded: (events: readonly unknown[]) => Summary
  /** Merging what is there already changes nothing but counters. */
  readonly isIdempotent: boolean
}

/** A value of several fields, each joined for itself. */
interface Part {
  readonly endMs: number
  readonly agent: string | undefined
  readonly tools: readonly string[]
}

const part = codecOf<Part>({ endMs: double, agent: optional(text), tools: list(text) })

function joinParts(kept: Part, added: Part): Part {
  const agents = [kept.agent, added.agent].filter((it) => it !== undefined)
  const tools = new Set([...kept.tools, ...added.tools])
  return {
    endMs: Math.max(kept.endMs, added.endMs),
    agent: agents.sort().at(-1),
    tools: [...tools].sort(),
  }
}

const cap = 1_000
const keys = fc.constantFrom(
  'a',
  'b',
  '',
  '__proto__',
  'constructor',
  '\0\n\u007f',
  '\ud800',
  'é😀',
)
const ids = fc.nat(40).map((n) => n.toString(16).padStart(16, '0'))
const small = fc.integer({ min: 0, max: 1_000_000 })
const positive = fc.double({ min: 0, max: 1e12, noNaN: true })
const dayMs = 86_400_000
const times = fc.integer({ min: 40 * dayMs, max: 90 * dayMs })

function kind<S extends Summary, E>(
  name: string,
  make: () => S,
  event: fc.Arbitrary<E>,
  fold: (summary: S, event: E) => void,
  more: { isIdempotent?: boolean; inOrder?: (event: E) => number } = {},
): Kind {
  const { inOrder } = more
  const list = fc.array(event, { maxLength: 60, size: 'max' })
  const sorted = (events: readonly E[]) =>
    inOrder === undefined ? events : events.toSorted((a, b) => inOrder(a) - inOrder(b))
  return {
    name,
    events: list.map(sorted),
    make,
    isIdempotent: more.isIdempotent ?? false,
    folded(events) {
      const summary = make()
      for (const it of events as readonly E[]) fold(summary, it)
      return summary
    },
  }
}

const keyed = fc.tuple(keys, small)
const idempotent = { isIdempotent: true }
const ringEvent = fc.record({
  series: keys,
  atMs: times,
  ageMs: fc.oneof(
    fc.integer({ min: -600_000, max: 600_000 }),
    fc.integer({ min: -600_000, max: 45 * dayMs }),
  ),
  outcome: fc.constantFrom('good' as const, 'bad' as const),
  weight: fc.constantFrom(1, 1, 20, 0.3, -1),
})
const spanEvent = fc.record({ id: ids, atMs: fc.integer({ min: 0, max: 4_000_000 }) })
const traceId = Buffer.alloc(16, 1)
const spanIds = ids.map((id) => Buffer.from(id, 'hex'))
const parentEvent = fc.record({
  spanId: spanIds,
  parentSpanId: spanIds,
  atMs: fc.integer({ min: 0, max: 4_000_000 }),
})
const aPart: fc.Arbitrary<Part> = fc.record({
  endMs: positive,
  agent: fc.option(keys, { nil: undefined }),
  tools: fc.subarray(['', 'search', '\ud800']),
})
const putEvent = fc.record({
  contributor: fc.constantFrom('c1', 'c2', 'c3'),
  key: keys,
  n: fc.nat(20),
})

/** Every kind there is. */
export const kinds: readonly Kind[] = [
  kind(
    'counts',
    () => new Counts(cap),
    fc.tuple(keys, fc.integer()),
    (it, [key, n]) => it.add(key, n),
  ),
  kind(
    'weights',
    () => new Weights(cap),
    fc.tuple(keys, fc.double({ min: 0, max: 1e6, noNaN: true })),
    (it, [key, weight]) => it.addEvent(key, weight),
  ),
  kind(
    'money',
    () => new Money(cap),
    fc.tuple(keys, fc.oneof(fc.maxSafeInteger(), fc.bigInt())),
    (it, [key, nanoUsd]) => it.add(key, nanoUsd),
  ),
  kind(
    'pairs',
    () => new Pairs(cap),
    fc.tuple(keys, small, fc.boolean()),
    (it, [key, n, isBack]) => (isBack ? it.remove(key, n) : it.add(key, n)),
  ),
  kind(
    'minima',
    () => new Extremes('minima', cap),
    fc.tuple(keys, fc.double()),
    (it, [key, value]) => it.put(key, value),
    idempotent,
  ),
  kind(
    'maxima',
    () => new Extremes('maxima', cap),
    fc.tuple(keys, fc.double()),
    (it, [key, value]) => it.put(key, value),
    idempotent,
  ),
  kind(
    'latest',
    () => new Latest<number>(cap),
    fc.tuple(keys, small, fc.nat(3), fc.nat(3)),
    (it, [key, value, major, minor]) => it.put(key, value, [major, minor]),
    idempotent,
  ),
  kind(
    'union',
    () => new Union<number>(Math.max, cap),
    keyed,
    (it, [key, value]) => it.put(key, value),
    idempotent,
  ),
  kind(
    'ids',
    () => new IdSet(cap),
    keys,
    (it, id) => it.add(id),
    idempotent,
  ),
  kind(
    'distinct',
    () => new Distinct(cap),
    fc.tuple(keys, fc.string()),
    (it, [key, id]) => it.add(key, id),
    idempotent,
  ),
  kind(
    'histograms',
    () => new Histograms(cap),
    fc.tuple(keys, positive),
    (it, [key, value]) => it.add(key, value),
  ),
  kind(
    'moments',
    () => new Moments(cap),
    fc.tuple(keys, fc.double({ min: -1e20, max: 1e20 })),
    (it, [key, value]) => it.add(key, value),
  ),
  kind(
    'ring',
    () => new Ring({ hasDays: true }),
    ringEvent,
    (it, { series, atMs, ageMs, outcome, weight }) =>
      it.add(series, atMs - ageMs, outcome, atMs, weight),
  ),
  kind(
    'heartbeat',
    () => new Heartbeat(),
    times,
    (it, atMs) => it.beat(atMs),
    idempotent,
  ),
  kind(
    'spans',
    () => new SpanTable({ windowMs: 900_000, maxEntries: 10_000 }),
    spanEvent,
    (it, { id, atMs }) => it.seen(id, id, atMs),
    { isIdempotent: true, inOrder: ({ atMs }) => atMs },
  ),
  kind(
    'parents',
    () => new Parents({ windowMs: 900_000, maxEntries: 10_000 }),
    parentEvent,
    (it, { spanId, parentSpanId, atMs }) => it.put(traceId, spanId, parentSpanId, atMs),
    { isIdempotent: true, inOrder: ({ atMs }) => atMs },
  ),
  kind(
    'bags',
    () =>
      new Bags<Part>({
        codec: part,
        merge: joinParts,
        maxBags: cap,
        maxEntriesPerBag: cap,
        maxEntries: cap,
      }),
    fc.tuple(keys, ids, aPart),
    (it, [key, id, value]) => it.put(key, id, value),
    idempotent,
  ),
  kind(
    'contributions',
    () => new Contributions(cap),
    putEvent,
    (it, { contributor, key, n }) => it.put(contributor, key, { n, values: [BigInt(n) * 3n] }),
    idempotent,
  ),
]

/** What is compared: all that is remembered, whatever order it came in. */
export function memoryOf(summary: Summary): unknown {
  const snapshot = summary.snapshot()
  const isByAge = ['union', 'latest', 'ids', 'bags'].includes(summary.kind)
  const canonical =
    isByAge && Array.isArray(snapshot)
      ? snapshot.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : snapshot
  return { evicted: summary.evicted, canonical }
}

export function encoded(summary: Summary): Uint8Array {
  const out = new BinaryWriter()
  wholly(summary.encode(out))
  return out.toBytes()
}

/** Reads bytes into a fresh summary of that kind. */
export function decoded(kind: Kind, bytes: Uint8Array, format?: number): Summary {
  const summary = kind.make()
  const from = new BinaryReader(bytes)
  summary.decode(from, format ?? summary.format)
  from.end()
  return summary
}
