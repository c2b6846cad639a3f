import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BinaryReader } from './binary-reader.ts'
import { overflowKey } from './capped-map.ts'
import { Counts } from './counts.ts'
import { Distinct } from './distinct.ts'
import { IdSet } from './id-set.ts'
import { encoded } from './kinds.fixture.ts'
import { Union } from './union.ts'

const adds = fc.array(fc.tuple(fc.nat(9).map(String), fc.nat(100)), { size: 'max', maxLength: 60 })

function countsOf(cap: number, list: readonly (readonly [string, number])[]): Counts {
  const counts = new Counts(cap)
  for (const [key, n] of list) counts.add(key, n)
  return counts
}

function totalOf(counts: Counts): number {
  return counts.snapshot().reduce((sum, [, n]) => sum + n, 0)
}

test('beyond the cap totals stay right, merged or not', () => {
  fc.assert(
    fc.property(adds, adds, (a, b) => {
      const merged = countsOf(3, a)
      const other = countsOf(3, b)
      merged.merge(other)
      expect(totalOf(merged)).toBe([...a, ...b].reduce((sum, [, n]) => sum + n, 0))
      expect(merged.size).toBeLessThanOrEqual(4)
      expect(merged.evicted).toBeGreaterThanOrEqual(other.evicted)
    }),
  )
})

test('an image of more keys than there is room for keeps its totals', () => {
  const large = countsOf(
    10,
    Array.from({ length: 10 }, (_, n) => [`k${n}`, n] as const),
  )
  const small = new Counts(4)
  small.decode(new BinaryReader(encoded(large)))

  expect([small.size, small.get(overflowKey), totalOf(small)]).toEqual([
    5,
    4 + 5 + 6 + 7 + 8 + 9,
    45,
  ])
  expect(small.evicted).toBe(6)
})

test('merged unions and sets keep their cap and say what they gave up', () => {
  const [a, b] = [new Union<number>(Math.max, 2), new Union<number>(Math.max, 2)]
  for (const id of ['a', 'b', 'c']) a.put(id, 1)
  for (const id of ['d', 'e', 'f']) b.put(id, 1)
  a.merge(b)
  expect([a.snapshot().map(([id]) => id), a.evicted]).toEqual([['e', 'f'], 4])

  const [ids, others] = [new IdSet(2), new IdSet(2)]
  for (const id of ['a', 'b']) ids.add(id)
  others.add('b')
  ids.merge(others)
  expect([ids.snapshot(), ids.isWhole]).toEqual([['a', 'b'], true])
  expect([ids.add('c'), ids.add('c'), ids.isWhole]).toEqual([true, false, false])
})

test('registers come back from bytes, few of them or nearly all', () => {
  for (const n of [1, 100, 1_300, 3_000, 50_000]) {
    const saved = new Distinct(2)
    for (let id = 0; id < n; id++) saved.add('a', String(id))
    const loaded = new Distinct(2)
    loaded.decode(new BinaryReader(encoded(saved)))
    expect(loaded.snapshot()).toEqual(saved.snapshot())
  }
})
