import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Data,
  encodeMessage,
  oracleDecode,
  oracleEncode,
} from '../../test/support/otlp-oracle.ts'
import { editValue, keys, requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { compileMatcher } from './attributes.ts'
import { forEachResource } from './envelope.ts'
import { forEachLogRecord } from './logs.ts'
import { forEachDataPoint } from './metrics.ts'
import { type AttributeEdit, type AttributeValue, Edits, edit, int } from './overlay.ts'
import { concat, decode, encode, type Payload } from './payload.ts'
import { type Signal, signals } from './signal.ts'
import { forEachSpan } from './spans.ts'
import type { ValueView } from './value-view.ts'

const key = fc.constantFrom(
  ...keys,
  'new',
  'newer',
  ...Array.from({ length: 9 }, (_, i) => `new.${i}`),
)
const anEdit: fc.Arbitrary<AttributeEdit> = fc.oneof(
  fc.record({ kind: fc.constantFrom('set' as const, 'add' as const), key, value: editValue }),
  fc.record({ kind: fc.constant('remove' as const), key }),
)
const someEdits = fc.array(
  fc.record({ where: fc.constantFrom('item', 'resource'), at: fc.nat(), edit: anEdit }),
  { maxLength: 30 },
)

for (const signal of signals) {
  test(`edited ${signal} encode to what a general decoder makes of the same edits`, () => {
    fc.assert(
      fc.property(
        fc.array(requestsOf[signal], { minLength: 1, maxLength: 3 }),
        someEdits,
        someEdits,
        (requests, first, second) => {
          const bytes = requests.map((data) => oracleEncode(signal, data))
          const whole = oracleDecode(signal, Buffer.concat(bytes))
          const payload = concat(
            signal,
            bytes.map((it) => decode(signal, it)),
          )

          const once = applied(payload, whole, signal, first)
          const twice = applied(once, whole, signal, second)

          const result = encode(twice)
          expect(normal(signal, oracleDecode(signal, result))).toEqual(normal(signal, whole))
          expect(decode(signal, result).itemCount).toBe(payload.itemCount)
          expect(attributesThrough(twice)).toEqual(attributesThrough(decode(signal, result)))
          expect(encode(payload)).toEqual(Buffer.concat(bytes))
        },
      ),
      { numRuns: 300 },
    )
  })
}

test('every shape of value arrives as it was given', () => {
  const values: { [key: string]: AttributeValue } = {
    int: int(-5),
    big: 2n ** 62n,
    double: 5,
    text: 'grüße 🛰',
    yes: true,
    bytes: Uint8Array.of(1, 2),
    list: ['a', int(1), [false]],
    map: { a: int(1), b: { c: 'd' } },
  }
  const edits = new Edits()
  for (const [key, value] of Object.entries(values)) edits.item(0, { kind: 'set', key, value })
  const shown: { [key: string]: AttributeValue | undefined } = {}
  forEachSpan(edit(oneSpan(), edits), (span) =>
    span.forEachAttribute((key, value) => {
      shown[key] = value.toValue()
    }),
  )

  const { bytes, ...rest } = shown
  expect(Buffer.from(bytes instanceof Uint8Array ? bytes : [])).toEqual(Buffer.of(1, 2))
  expect(rest).toEqual({
    int: -5n,
    big: 2n ** 62n,
    double: 5,
    text: 'grüße 🛰',
    yes: true,
    list: ['a', 1n, [false]],
    map: { a: 1n, b: { c: 'd' } },
  })
})

test('a payload without edits is the same payload, and its bytes the same bytes', () => {
  const bytes = oracleEncode('traces', { resourceSpans: [{ scopeSpans: [{ spans: [{}] }] }] })
  const payload = decode('traces', bytes)
  expect(edit(payload, new Edits())).toBe(payload)
  expect(encode(payload)).toBe(bytes)
  expect(payload.chunks[0]?.bytes).toBe(bytes)
})

test('an index outside the payload is refused', () => {
  const set: AttributeEdit = { kind: 'set', key: 'a', value: 'b' }
  expect(() => edit(oneSpan(), new Edits().item(1, set))).toThrow('no item 1 among 1')
  expect(() => edit(oneSpan(), new Edits().resource(-1, set))).toThrow(RangeError)
})

test('values that nest too deep and integers that are not exact are refused', () => {
  let deep: AttributeValue = 'x'
  for (let i = 0; i < 64; i++) deep = [deep]
  expect(() => new Edits().item(0, { kind: 'set', key: 'a', value: deep })).toThrow(RangeError)
  expect(() => int(0.5)).toThrow(RangeError)
})

test('an edit reaches a resource that stands behind its spans, and one that is missing', () => {
  const span = encodeMessage('ScopeSpans', { spans: [{ name: 'x' }] })
  const resource = encodeMessage('Resource', { attributes: [{ key: 'a' }] })
  const behind = Buffer.concat([field(0x12, span), field(0x0a, resource)])
  const missing = field(0x12, span)
  const payload = decode('traces', Buffer.concat([field(0x0a, behind), field(0x0a, missing)]))

  const set: AttributeEdit = { kind: 'set', key: 'b', value: true }
  const result = oracleDecode(
    'traces',
    encode(edit(payload, new Edits().resource(0, set).resource(1, set))),
  )

  const b = { key: 'b', value: { boolValue: true } }
  const scopeSpans = [{ spans: [{ name: 'x' }] }]
  expect(result).toEqual({
    resourceSpans: [
      { resource: { attributes: [{ key: 'a' }, b] }, scopeSpans },
      { resource: { attributes: [b] }, scopeSpans },
    ],
  })
})

test('many edits of one item are found as few are', () => {
  const attributes = Array.from({ length: 40 }, (_, i) => ({ key: `k${i}` }))
  const data = { resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }] }
  const edits = new Edits()
  for (let i = 0; i < 40; i += 2) edits.item(0, { kind: 'remove', key: `k${i}` })
  const payload = edit(decode('traces', oracleEncode('traces', data)), edits)
  const left: string[] = []
  forEachSpan(payload, (span) => span.forEachAttribute((name) => left.push(name)))
  expect(left).toEqual(Array.from({ length: 20 }, (_, i) => `k${2 * i + 1}`))
})

test('edits of one item take time in proportion to their number, also over others', () => {
  const count = 50_000
  // Same length, same middle, same end: nothing but the whole key tells them apart.
  const name = (i: number) => `${String(i).padStart(6, '0')}-key`
  const attributes = Array.from({ length: count }, (_, i) => ({ key: name(i) }))
  const data = { resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }] }
  const set = new Edits()
  const removed = new Edits()
  const again = new Edits()
  for (let i = 0; i < count; i++) {
    const key = name(i)
    set.item(0, { kind: 'set', key, value: int(i) }).item(0, { kind: 'set', key, value: 'new' })
    removed.item(0, { kind: 'remove', key })
    if (i % 2 === 0) removed.item(0, { kind: 'set', key, value: true })
    if (i % 4 === 0) again.item(0, { kind: 'remove', key }).item(0, { kind: 'add', key, value: '' })
  }

  const payload = decode('traces', oracleEncode('traces', data))
  const result = edit(edit(edit(payload, set), removed), again)

  const seen: string[] = []
  forEachSpan(result, (span) => span.forEachAttribute((key) => seen.push(key)))
  const inOrder = Array.from({ length: count }, (_, i) => i)
  const kept = inOrder.filter((i) => i % 4 === 2)
  expect(seen).toEqual([...kept, ...inOrder.filter((i) => i % 4 === 0)].map(name))
  const encoded = decode('traces', encode(result))
  expect(attributesThrough(encoded)).toEqual(attributesThrough(result))
})

test('an edit of one item among many holds no place for the others', () => {
  const spans = Array.from({ length: 100_000 }, () => ({}))
  const bytes = oracleEncode('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] })
  const set: AttributeEdit = { kind: 'set', key: 'a', value: 'b' }
  const first = edit(decode('traces', bytes), new Edits().item(70_000, set))
  const both = edit(first, new Edits().item(99_999, set))
  expect(Object.keys(first.chunks[0]?.overlay?.items ?? [])).toEqual(['70000'])
  expect(Object.keys(both.chunks[0]?.overlay?.items ?? [])).toEqual(['70000', '99999'])
  expect(attributesThrough(decode('traces', encode(both)))).toEqual(attributesThrough(both))
})

function oneSpan(): Payload {
  const data = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'x' }] }] }] }
  return decode('traces', oracleEncode('traces', data))
}

function field(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, content.length), content])
}

/** Edits the payload, and the plain data `whole` in place, in the same way. */
function applied(
  payload: Payload,
  whole: Data,
  signal: Signal,
  list: readonly { readonly where: string; readonly at: number; readonly edit: AttributeEdit }[],
): Payload {
  const items = itemsOf(signal, whole)
  const resources = resourcesOf(whole)
  const edits = new Edits()
  for (const { where, at, edit: change } of list) {
    const holders = where === 'item' ? items : resources
    if (holders.length === 0) continue
    const index = at % holders.length
    const holder = mutable(holders[index])
    if (where === 'item') {
      changeIn(holder, change)
      edits.item(index, change)
      continue
    }
    edits.resource(index, change)
    if (holder.resource === undefined && change.kind === 'remove') continue
    holder.resource = changeIn(mutable(holder.resource), change)
  }
  return edit(payload, edits)
}

interface Mutable {
  [key: string]: unknown
}

function mutable(value: unknown): Mutable {
  return typeof value === 'object' && value !== null ? Object.assign(value) : {}
}

function changeIn(target: Mutable, change: AttributeEdit): Mutable {
  const list: Data[] = Array.isArray(target.attributes) ? target.attributes : []
  const hasKey = (it: Data) => (it.key ?? '') === change.key
  const at = list.findIndex(hasKey)
  if (change.kind === 'remove') target.attributes = list.filter((it) => !hasKey(it))
  else if (at < 0) target.attributes = [...list, asKeyValue(change.key, change.value)]
  else if (change.kind === 'set') {
    const replaced = list.with(at, asKeyValue(change.key, change.value))
    target.attributes = replaced.filter((it, index) => index === at || !hasKey(it))
  }
  return target
}

function asKeyValue(name: string, value: AttributeValue): Data {
  return { key: name, value: asAnyValue(value) }
}

function asAnyValue(value: AttributeValue | undefined): Data {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return { doubleValue: value }
  if (typeof value === 'bigint') return { intValue: `${value}` }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(asAnyValue) } }
  const values = Object.entries(value ?? {}).map(([name, it]) => asKeyValue(name, it))
  return { kvlistValue: { values } }
}

/** After a round trip of its own, so that defaults, empty lists and empty resources look alike. */
function normal(signal: Signal, data: Data): Data {
  const result = oracleDecode(signal, oracleEncode(signal, data))
  for (const whole of resourcesOf(result)) {
    if (Object.keys(mutable(whole.resource)).length === 0) delete whole.resource
  }
  return result
}

function listIn(value: unknown): Mutable[] {
  return Array.isArray(value) ? value : []
}

function resourcesOf(whole: Data): Mutable[] {
  return [whole.resourceSpans, whole.resourceLogs, whole.resourceMetrics].flatMap(listIn)
}

function itemsOf(signal: Signal, whole: Data): Mutable[] {
  const scopes = resourcesOf(whole).flatMap((it) =>
    [it.scopeSpans, it.scopeLogs, it.scopeMetrics].flatMap(listIn),
  )
  if (signal !== 'metrics') {
    return scopes.flatMap((it) => [it.spans, it.logRecords].flatMap(listIn))
  }
  return scopes
    .flatMap((it) => listIn(it.metrics))
    .flatMap((it) => [it.gauge, it.sum, it.histogram, it.exponentialHistogram, it.summary])
    .flatMap((it) => listIn(mutable(it).dataPoints))
}

const matcher = compileMatcher([...keys, 'new'])

/** What every way of reading sees: in order, and by key. */
function attributesThrough(payload: Payload): unknown[] {
  const seen: unknown[] = []
  const read = (view: {
    forEachAttribute(visit: (name: string, value: ValueView) => void): void
    attributes(wanted: typeof matcher): { get(slot: number): ValueView | undefined }
  }) => {
    view.forEachAttribute((name, value) => seen.push([name, value.toValue()]))
    const slots = view.attributes(matcher)
    seen.push(matcher.keys.map((_, slot) => slots.get(slot)?.toValue()))
  }
  forEachResource(payload, read)
  if (payload.signal === 'traces') forEachSpan(payload, read)
  else if (payload.signal === 'logs') forEachLogRecord(payload, read)
  else forEachDataPoint(payload, read)
  return seen
}
