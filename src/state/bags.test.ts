import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bags, type BagsOptions } from './bags.ts'
import { BinaryReader } from './binary-reader.ts'
import { codecOf, double, optional, text } from './codec.ts'
import { DamagedStateError, NewerFormatError } from './format-errors.ts'
import { encoded } from './kinds.fixture.ts'
import { State } from './state.ts'

interface Span {
  readonly endMs: number
  readonly agent: string | undefined
}

const options: BagsOptions<Span> = {
  codec: codecOf<Span>({ endMs: double, agent: optional(text) }),
  merge: (kept, added) => ({
    endMs: Math.max(kept.endMs, added.endMs),
    agent: [kept.agent ?? '', added.agent ?? ''].sort().at(-1) || undefined,
  }),
  maxBags: 1_000,
  maxEntriesPerBag: 100,
  maxEntries: 10_000,
}

const aSpan = (endMs: number, agent?: string): Span => ({ endMs, agent })

function bagsOf(changed: Partial<BagsOptions<Span>> = {}): Bags<Span> {
  return new Bags({ ...options, ...changed })
}

function idsOf(bags: Bags<Span>): string[][] {
  return bags.snapshot().map(([key, bag]) => [key, ...bag.map(([id]) => id)])
}

test('a put says what became of the value', () => {
  const bags = bagsOf({ maxEntriesPerBag: 2 })

  expect(bags.put('trace', 'a', aSpan(1))).toBe('added')
  expect(bags.put('trace', 'a', aSpan(1))).toBe('same')
  expect(bags.put('trace', 'a', aSpan(0))).toBe('same')
  expect(bags.put('trace', 'a', aSpan(0, 'bot'))).toBe('joined')
  expect(bags.put('trace', 'b', aSpan(2))).toBe('added')
  expect(bags.put('trace', 'c', aSpan(3))).toBe('refused')
  expect(bags.put('trace', 'b', aSpan(4))).toBe('joined')
  expect(bags.snapshot()).toEqual([
    [
      'trace',
      [
        ['a', aSpan(1, 'bot')],
        ['b', aSpan(4)],
      ],
    ],
  ])
})

test('a merge that returns what was kept is the same without looking further', () => {
  const bags = bagsOf({ merge: (kept) => kept })
  bags.put('trace', 'a', aSpan(1))

  expect(bags.put('trace', 'a', aSpan(2))).toBe('same')
})

test('what a full bag refuses is counted, also in the state around it', () => {
  const state = new State()
  const bags = state.bags('open', { ...options, maxEntriesPerBag: 3 })
  for (let n = 0; n < 10; n++) bags.put('trace', `span ${n}`, aSpan(n))

  expect([bags.entries, bags.evicted, state.evicted]).toEqual([3, 7, 7])
  expect([...(bags.get('trace')?.keys() ?? [])]).toEqual(['span 0', 'span 1', 'span 2'])
})

test('a bag that has room for nothing is not there', () => {
  const bags = bagsOf({ maxEntriesPerBag: 0 })

  expect(bags.put('trace', 'a', aSpan(1))).toBe('refused')
  expect([bags.size, bags.has('trace'), bags.oldest()]).toEqual([0, false, undefined])
})

test('too many bags or values are told, and nothing is given up', () => {
  const bags = bagsOf({ maxBags: 2, maxEntries: 4 })
  for (const id of ['a', 'b', 'c']) bags.put('x', id, aSpan(1))
  bags.put('y', 'a', aSpan(1))
  expect(bags.isOver).toBe(false)

  bags.put('z', 'a', aSpan(1))
  expect([bags.isOver, bags.size, bags.entries, bags.evicted]).toEqual([true, 3, 5, 0])
  bags.delete('y')
  expect([bags.isOver, bags.size, bags.entries]).toEqual([false, 2, 4])
  bags.put('x', 'd', aSpan(1))
  expect(bags.isOver).toBe(true)
})

test('the oldest bag is the one whose first value came first, however often others came since', () => {
  const bags = bagsOf()
  for (const key of ['b', 'a', 'c', 'b']) bags.put(key, key, aSpan(1))
  expect(bags.oldest()).toBe('b')

  bags.delete('b')
  bags.put('b', 'later', aSpan(1))
  expect(bags.oldest()).toBe('a')
})

test('bags are what a plain map of maps would be, and restored ones too', () => {
  const keys = fc.constantFrom('a', 'b', 'c', '__proto__', '')
  const step = fc.record({ key: keys, id: keys, endMs: fc.nat(9), isDelete: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const bags = bagsOf()
      const plain = new Map<string, Map<string, number>>()
      for (const { key, id, endMs, isDelete } of steps) {
        if (isDelete) {
          expect(bags.delete(key)).toBe(plain.delete(key))
          continue
        }
        const bag = plain.get(key) ?? new Map<string, number>()
        plain.set(key, bag.set(id, Math.max(endMs, bag.get(id) ?? 0)))
        bags.put(key, id, aSpan(endMs))
      }
      const restored = bagsOf()
      restored.decode(new BinaryReader(encoded(bags)))
      for (const it of [bags, restored]) {
        expect(it.oldest()).toBe(plain.keys().next().value)
        expect(it.size).toBe(plain.size)
        expect(it.entries).toBe([...plain.values()].reduce((sum, bag) => sum + bag.size, 0))
        for (const [key, bag] of plain) {
          const ends = Array.from(it.get(key) ?? [], ([id, { endMs }]) => [id, endMs])
          expect(ends).toEqual([...bag])
        }
      }
    }),
  )
})

test('merged bags keep the age of their own and refuse beyond the cap of each', () => {
  const [bags, other] = [bagsOf({ maxEntriesPerBag: 2 }), bagsOf({ maxEntriesPerBag: 2 })]
  bags.put('y', 'a', aSpan(1))
  other.put('x', 'a', aSpan(1))
  for (const id of ['b', 'c', 'd']) other.put('y', id, aSpan(1))
  bags.merge(other)

  expect(idsOf(bags)).toEqual([
    ['y', 'a', 'b'],
    ['x', 'a'],
  ])
  expect([other.evicted, other.entries]).toEqual([1, 3])
  expect([bags.evicted, bags.entries]).toEqual([2, 3])
})

test('an image of more than there may be is kept whole, and its owner is told', () => {
  const large = bagsOf()
  for (let n = 0; n < 50; n++) large.put(n < 20 ? 'x' : `y${n}`, `span ${n}`, aSpan(n))
  const small = bagsOf({ maxBags: 10, maxEntriesPerBag: 5 })
  small.decode(new BinaryReader(encoded(large)))

  expect(small.snapshot()).toEqual(large.snapshot())
  expect([small.isOver, small.evicted, small.put('x', 'new', aSpan(1))]).toEqual([
    true,
    0,
    'refused',
  ])
})

test('many small bags, and one of many values, are written in slices', () => {
  const [many, large] = [bagsOf(), bagsOf({ maxEntriesPerBag: 20_000 })]
  for (let n = 0; n < 10_000; n++) {
    many.put(`trace ${n}`, 'span', aSpan(n))
    large.put('trace', `span ${n}`, aSpan(n))
  }
  for (const bags of [many, large]) {
    const state = new State()
    state.bags('open', { ...options, maxEntriesPerBag: 20_000 }).merge(bags)
    expect([...state.encodeSlices()].length).toBeGreaterThanOrEqual(5)
  }
})

test('values of a later format are refused by name, and those of an earlier one are read', () => {
  interface Later extends Span {
    readonly model: string | undefined
  }
  const later: BagsOptions<Later> = {
    ...options,
    codec: codecOf<Later>({ endMs: double, agent: optional(text), model: optional(text) }),
    merge: (kept) => kept,
    format: 2,
  }
  const first = new State()
  first.bags('open', options).put('trace', 'a', aSpan(1))
  const second = new State()
  second.restore(first.encode())
  const bags = second.bags('open', later)

  expect(bags.get('trace')).toEqual(new Map([['a', { ...aSpan(1), model: undefined }]]))
  const third = new State()
  third.bags('open', options)
  expect(() => third.restore(second.encode())).toThrow(NewerFormatError)
  expect(() => third.restore(second.encode())).toThrow('bags open has format 2')
})

test('a bag that is empty, and a bag or an id that is there twice, are damage', () => {
  const bags = bagsOf()
  bags.put('x', 'a', aSpan(1))
  const bag = encoded(bags).subarray(2)
  const value = bag.subarray(3)
  const [refused, ...x] = [0, 2, 'x'.charCodeAt(0)] as const

  for (const [image, what] of [
    [[refused, 1, ...x, 0], 'a stored bag is empty'],
    [[refused, 2, ...bag, ...bag], 'there twice'],
    [[refused, 1, ...x, 2, ...value, ...value], 'there twice'],
  ] as const) {
    expect(() => bags.decode(new BinaryReader(new Uint8Array(image)))).toThrow(what)
    expect(() => bags.decode(new BinaryReader(new Uint8Array(image)))).toThrow(DamagedStateError)
  }
})
