import fc from 'fast-check'
import { expect, test } from 'vitest'
import { overflowKey } from './capped-map.ts'
import { DueTimes } from './due-times.ts'
import { State } from './state.ts'

const keys = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')

test('counts beyond the cap go to the overflow key, and the total stays right', () => {
  const counts = new State().counts('n', 2)
  for (const key of ['a', 'b', 'c', 'd', 'a']) counts.add(key)

  expect(counts.snapshot()).toEqual([
    [overflowKey, 2],
    ['a', 2],
    ['b', 1],
  ])
  expect(counts.evicted).toBe(2)
})

test('counts are the same in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.integer())), (adds) => {
      const [forth, back] = [new State().counts('n'), new State().counts('n')]
      for (const [key, n] of adds) forth.add(key, n)
      for (const [key, n] of adds.toReversed()) back.add(key, n)
      expect(forth.snapshot()).toEqual(back.snapshot())
    }),
  )
})

test('a union joins what comes again and gives up the oldest beyond its cap', () => {
  const state = new State()
  const union = state.union<number>('u', Math.max, 2)
  union.put('a', 1)
  union.put('b', 1)
  union.put('a', 5)
  union.put('c', 1)

  expect([union.has('a'), union.get('b'), union.get('c')]).toEqual([false, 1, 1])
  expect(state.evicted).toBe(1)
})

test('state is the same after save and load, whether named before or after loading', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.nat())), (puts) => {
      const saved = new State()
      const counts = saved.counts('n')
      const union = saved.union<number>('u', Math.max, 10)
      for (const [key, n] of puts) {
        counts.add(key, n)
        union.put(key, n)
        saved.due.set(key, n)
      }
      const image = saved.encode()
      const early = new State()
      early.counts('n')
      early.restore(image)
      early.union<number>('u', Math.max, 10)
      expect(early.snapshot()).toEqual(saved.snapshot())
    }),
  )
})

test('two summaries of one name are a mistake', () => {
  const state = new State()
  state.counts('n')
  expect(() => state.union('n', Math.max, 1)).toThrow('a summary named n already')
})

test('due times fire in order of time, then key, however they were set and moved', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key: keys, ms: fc.nat(20) }),
    fc.record({ kind: fc.constant('clear' as const), key: keys, ms: fc.nat(20) }),
    fc.record({ kind: fc.constant('take' as const), key: keys, ms: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const dues = new DueTimes()
      const plain = new Map<string, number>()
      for (const { kind, key, ms } of steps) {
        if (kind === 'set') {
          dues.set(key, ms)
          plain.set(key, ms)
        } else if (kind === 'clear') {
          dues.clear(key)
          plain.delete(key)
        } else {
          const first = [...plain]
            .filter(([, dueMs]) => dueMs <= ms)
            .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))[0]
          if (first) plain.delete(first[0])
          expect(dues.take(ms)).toEqual(first && { key: first[0], dueMs: first[1] })
        }
        expect(dues.nextMs).toBe(plain.size === 0 ? undefined : Math.min(...plain.values()))
        expect(dues.size).toBe(plain.size)
      }
    }),
  )
})
