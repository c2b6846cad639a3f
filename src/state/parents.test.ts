import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Parents, type ParentsOptions } from './parents.ts'

const none = new Uint8Array(0)
const traceId = idOf(7, 16)

function idOf(n: number, sizeBytes = 8): Uint8Array {
  const id = Buffer.alloc(sizeBytes)
  id.writeUInt32BE(n, sizeBytes - 4)
  return id
}

function put(parents: Parents, span: number, parent: number | undefined, atMs = 0): void {
  parents.put(traceId, idOf(span), parent === undefined ? none : idOf(parent), atMs)
}

function fingerprintOf(parents: Parents, span: number): Uint32Array {
  const words = new Uint32Array(2)
  parents.fingerprintOf(traceId, idOf(span), words)
  return words
}

function parentOf(parents: Parents, span: number, atMs?: number) {
  const parent = new Uint32Array(2)
  const kind = parents.parentOf(fingerprintOf(parents, span), parent, atMs)
  return { kind, parent }
}

/** Ids 1, 2, 3 … from the top of a trace down. */
function aChain(depth: number, options?: ParentsOptions): Parents {
  const parents = new Parents(options)
  for (let span = 1; span <= depth; span++) put(parents, span, span === 1 ? undefined : span - 1)
  return parents
}

test('one walks from a span to the root in the same two words', () => {
  const parents = aChain(30)
  const at = fingerprintOf(parents, 30)
  for (let span = 29; span > 0; span--) {
    expect(parents.parentOf(at, at)).toBe('known')
    expect(at).toEqual(fingerprintOf(parents, span))
  }
  expect([parents.parentOf(at, at), ...at]).toEqual(['root', 0, 0])
})

test('what is known of parents is what a map of everything would say', () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(300)))
  fc.assert(
    fc.property(spans, (list) => {
      const parents = new Parents()
      const plain = new Map(list)
      for (const [span, parent] of plain) put(parents, span, parent)
      for (let span = 1; span <= 300; span++) {
        const parent = plain.get(span)
        const kind = parent === undefined ? 'unknown' : parent === 0 ? 'root' : 'known'
        const words = parent ? fingerprintOf(parents, parent) : new Uint32Array(2)
        expect(parentOf(parents, span)).toEqual({ kind, parent: words })
      }
      expect(parents.size).toBe(plain.size)
    }),
  )
})

test('a span id means nothing in another trace', () => {
  const parents = aChain(2)
  const other = new Uint32Array(2)
  parents.fingerprintOf(idOf(8, 16), idOf(2), other)

  expect(parents.parentOf(other, other)).toBe('unknown')
  expect(other).toEqual(new Uint32Array(2))
})

test('bytes and hexadecimal text are the same span', () => {
  const parents = new Parents()
  const ids = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'] as const
  const [bytes, text] = [new Uint32Array(2), new Uint32Array(2)]
  parents.fingerprintOf(Buffer.from(ids[0], 'hex'), Buffer.from(ids[1], 'hex'), bytes)
  parents.fingerprintOf(...ids, text)

  expect(text).toEqual(bytes)
})

test('an empty parent id and one of zeros are the root of a trace', () => {
  const parents = new Parents()
  parents.put(traceId, idOf(1), new Uint8Array(0), 0)
  parents.put(traceId, idOf(2), new Uint8Array(8), 0)

  expect([parentOf(parents, 1).kind, parentOf(parents, 2).kind]).toEqual(['root', 'root'])
})

test('of several parents of one span the same one stays in any order, and any before none', () => {
  const parent = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined })
  fc.assert(
    fc.property(fc.array(parent, { minLength: 1 }), (list) => {
      const [forth, back] = [new Parents(), new Parents()]
      for (const it of list) put(forth, 20, it)
      for (const it of list.toReversed()) put(back, 20, it)
      expect(parentOf(forth, 20)).toEqual(parentOf(back, 20))
      const isRoot = list.every((it) => it === undefined)
      expect(parentOf(forth, 20).kind).toBe(isRoot ? 'root' : 'known')
    }),
  )
})

test('a parent of a later window takes the place of an earlier one', () => {
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const parents = new Parents()
    put(parents, 3, first, 0)
    put(parents, 3, second, 900_000)
    expect(parentOf(parents, 3).parent).toEqual(fingerprintOf(parents, second))
  }
})

test('a parent is known for 15 min after its span came last, and forgotten after 30', () => {
  fc.assert(
    fc.property(fc.nat(1_800_000), fc.nat(3_600_000), (firstMs, waitMs) => {
      const parents = new Parents()
      put(parents, 2, 1, firstMs)
      const asked = parentOf(parents, 2, firstMs + waitMs).kind
      put(parents, 9, 8, firstMs + waitMs)
      if (waitMs <= 900_000) expect(asked).toBe('known')
      if (waitMs >= 1_800_000) expect(asked).toBe('unknown')
      expect(parentOf(parents, 2).kind).toBe(asked)
    }),
  )
})

test('asking by a later time forgets nothing', () => {
  const parents = aChain(2)

  expect(parentOf(parents, 2, 9_000_000).kind).toBe('unknown')
  expect(parentOf(parents, 2, 0).kind).toBe('known')
})

test('when it is full it gives up its older half and counts it', () => {
  const parents = aChain(1_501, { maxEntries: 1_000 })

  expect([parents.size, parents.evicted]).toEqual([501, 1_000])
  expect(parentOf(parents, 1_000).kind).toBe('unknown')
  expect(parentOf(parents, 1_001).parent).toEqual(fingerprintOf(parents, 1_000))
})

test('ids of any size and spans that are their own ancestors are taken as they come', () => {
  const parents = new Parents()
  put(parents, 1, 2)
  put(parents, 2, 1)
  parents.put(none, none, none, 0)
  parents.put(new Uint8Array(3), new Uint8Array(100_000), new Uint8Array([5]), 0)
  const at = fingerprintOf(parents, 1)

  expect([parents.parentOf(at, at), parents.parentOf(at, at)]).toEqual(['known', 'known'])
  expect(at).toEqual(fingerprintOf(parents, 1))
  expect(parents.size).toBe(4)
})
