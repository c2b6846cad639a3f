import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromJson } from '../pdata/json.ts'
import { Edits, edit } from '../pdata/overlay.ts'
import { decode } from '../pdata/payload.ts'
import { forEachSpan } from '../pdata/spans.ts'
import { SourceIndex } from './source-index.ts'
import { spanSources } from './span-sources.ts'
import { defaultTrustScales } from './trust.ts'
import { Values } from './values.ts'

const { matcher, list } = spanSources({
  identity: { agent: 'agent.name', team: 'x.team' },
  trustScales: defaultTrustScales,
  confidenceAttribute: 'x.confidence',
})

const value = fc.oneof(
  fc.constantFrom('', 'unknown', 'N/A', ' null ', '"quoted"', 'true', '12', 'gpt-5'),
  fc.string({ maxLength: 8 }),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
)
const key = fc.oneof(fc.constantFrom(...matcher.keys), fc.constantFrom('__proto__', 'x.unwanted'))
const attributes = fc.array(fc.tuple(key, value), { maxLength: 24 })
/** Further attributes of each span are taken away or set before it is read. */
const changes = fc.array(fc.tuple(fc.constantFrom(...matcher.keys), fc.boolean()), { maxLength: 4 })
const spans = fc.array(fc.record({ attributes, changes }), { minLength: 1, maxLength: 4 })

interface Sent {
  readonly attributes: readonly (readonly [string, string | number | boolean])[]
  readonly changes: readonly (readonly [string, boolean])[]
}

/** All that is said through every source, with the key that had it. */
function allSaid(sent: readonly Sent[], values: Values): unknown[] {
  const said: unknown[] = []
  forEachSpan(payloadOf(sent), (span) => {
    const found: string[] = []
    values.reset(span.attributes(matcher), (name, at) => found.push(`${name} ${at}`))
    for (const source of list) {
      const { name } = source
      said.push([name, values.has(source), values.text(source), values.number(source)])
      said.push([name, values.bool(source), values.view(source)?.toValue()])
    }
    said.push(found)
  })
  return said
}

function payloadOf(sent: readonly Sent[]) {
  const edits = new Edits()
  const written = sent.map(({ attributes, changes }, index) => {
    for (const [key, isRemoved] of changes) {
      edits.item(index, isRemoved ? { kind: 'remove', key } : { kind: 'set', key, value: 'set' })
    }
    return { name: 'span', attributes: attributes.map(([key, it]) => ({ key, value: wire(it) })) }
  })
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: written }] }] })
  return edit(decode('traces', fromJson('traces', body)), edits)
}

function wire(it: string | number | boolean) {
  if (typeof it === 'string') return { stringValue: it }
  return typeof it === 'boolean' ? { boolValue: it } : { intValue: it }
}

test('values that know which sources have something say what those say that ask each key', () => {
  fc.assert(
    fc.property(spans, (sent) => {
      const indexed = allSaid(sent, new Values(new SourceIndex(list)))
      expect(indexed).toEqual(allSaid(sent, new Values()))
    }),
  )
})

test('says where the first key of a source stands, of each span anew', () => {
  const [agentName] = list.filter(({ name }) => name === 'agentName')
  if (agentName === undefined) throw new Error('is a source')
  const [first = '', second = ''] = agentName.keys
  const index = new SourceIndex(list)
  const places: number[] = []
  const of = (...keys: string[]) => ({
    attributes: keys.map((it) => [it, 'a'] as const),
    changes: [],
  })
  forEachSpan(payloadOf([of(second, first), of(second), of()]), (span) => {
    index.reset(span.attributes(matcher))
    places.push(Math.min(index.firstOf(agentName), agentName.keys.length))
  })
  expect(places).toEqual([0, 1, agentName.keys.length])
})
