import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Contributions } from './contribution.ts'

interface Step {
  readonly contributor: string
  readonly key: string
}

const steps = fc.array(
  fc.record({ contributor: fc.constantFrom('c1', 'c2', 'c3'), key: fc.constantFrom('k', 'l') }),
  { maxLength: 60 },
)

/** Contributors that count their own events, one for each step, worth 7 nano-USD. */
function counted(all: readonly Step[]) {
  const own = new Map<string, number>()
  return all.map(({ contributor, key }) => {
    const n = (own.get(`${contributor} ${key}`) ?? 0) + 1
    own.set(`${contributor} ${key}`, n)
    return { contributor, key, register: { n, values: [BigInt(n) * 7n] } }
  })
}

function expectExact(store: Contributions, all: readonly Step[]): void {
  for (const key of ['k', 'l']) {
    const n = all.filter((it) => it.key === key).length
    const { n: total, values } = store.total(key)
    expect([total, values[0] ?? 0n]).toEqual([n, BigInt(n) * 7n])
  }
}

test('repeated and stale puts, in any order, change no total', () => {
  const chaos = steps.chain((all) =>
    fc.record({
      all: fc.constant(all),
      delivered: fc
        .array(fc.nat(Math.max(0, all.length - 1)), { maxLength: 200 })
        .map((repeats) => [...repeats, ...all.keys()]),
    }),
  )
  fc.assert(
    fc.property(chaos, ({ all, delivered }) => {
      const store = new Contributions(10)
      const puts = counted(all)
      for (const at of delivered) {
        const put = puts[at]
        if (put !== undefined) store.put(put.contributor, put.key, put.register)
      }
      expectExact(store, all)
    }),
  )
})

test('a put again changes nothing and says so', () => {
  const store = new Contributions(10)
  const register = { n: 2, values: [5n] }

  expect(store.put('c', 'k', register)).toEqual({ kind: 'taken', total: register })
  expect(store.put('c', 'k', register)).toEqual({ kind: 'stale', total: register })
  expect(store.put('c', 'k', { n: 1, values: [9n] })).toEqual({ kind: 'stale', total: register })
})

test('a total only grows', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const store = new Contributions(10)
      const before = new Map<string, number>()
      for (const { contributor, key, register } of counted(all)) {
        const { total } = store.put(contributor, key, register)
        expect(total.n).toBeGreaterThan(before.get(key) ?? 0)
        before.set(key, total.n)
      }
    }),
  )
})

test('a store that lost its newest puts is whole again once each contributor has put once more', () => {
  fc.assert(
    fc.property(steps, fc.nat(60), (all, kept) => {
      const store = new Contributions(10)
      const puts = counted(all)
      for (const { contributor, key, register } of puts.slice(0, kept)) {
        store.put(contributor, key, register)
      }
      const newest = new Map(puts.map((it) => [`${it.contributor} ${it.key}`, it]))
      for (const { contributor, key, register } of newest.values()) {
        store.put(contributor, key, register)
      }
      expectExact(store, all)
    }),
  )
})

test('a sealed key keeps its total and takes nothing more', () => {
  const store = new Contributions(10)
  store.put('c1', 'k', { n: 1, values: [3n] })
  store.put('c2', 'k', { n: 2, values: [4n] })
  store.seal('k')

  const total = { n: 3, values: [7n] }
  expect(store.put('c1', 'k', { n: 9, values: [9n] })).toEqual({ kind: 'sealed', total })
  expect(store.total('k')).toEqual(total)
})

test('a key beyond the cap is refused and counted', () => {
  const store = new Contributions(1)
  store.put('c', 'k', { n: 1, values: [] })

  expect(store.put('c', 'l', { n: 1, values: [] }).kind).toBe('full')
  expect(store.evicted).toBe(1)
})
