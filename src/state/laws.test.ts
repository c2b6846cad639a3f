import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DamagedStateError } from './format-errors.ts'
import { decoded, encoded, kinds, memoryOf } from './kinds.fixture.ts'
import { State } from './state.ts'
import type { Summary } from './summary.ts'

const contributors = 4

function merged(...parts: readonly Summary[]): unknown {
  const [first, ...others] = parts
  if (first === undefined) throw new Error('nothing to merge')
  for (const it of others) first.merge(it)
  return memoryOf(first)
}

test('the laws are asked of every summary that a state offers', () => {
  const state = new State()
  const others = ['constructor', 'snapshot', 'encode', 'encodeSlices', 'restore', 'evicted']
  const methods = Object.getOwnPropertyNames(State.prototype).filter((it) => !others.includes(it))
  const offered = methods.map((name) => {
    const summary: Summary = Reflect.apply(Reflect.get(state, name), state, [name, Math.max, 1])
    return summary.kind
  })
  expect(kinds.map((it) => it.name)).toEqual(expect.arrayContaining(offered))
  expect(new Set(kinds.map((it) => it.make().kind)).size).toBe(kinds.length)
})

describe.each(kinds)('$name', (kind) => {
  const { events, folded } = kind
  const three = fc.tuple(events, events, events)
  const split = events.chain((all) =>
    fc.record({
      all: fc.constant(all),
      owners: fc.array(fc.nat(contributors - 1), { minLength: all.length, maxLength: all.length }),
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: contributors }),
    }),
  )

  test('merging is associative', () => {
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        const right = folded(b)
        right.merge(folded(c))
        const left = merged(folded(a), folded(b), folded(c))
        expect(merged(folded(a), right)).toEqual(left)
      }),
    )
  })

  test('merging is commutative', () => {
    fc.assert(
      fc.property(three, ([a, b]) => {
        expect(merged(folded(a), folded(b))).toEqual(merged(folded(b), folded(a)))
      }),
    )
  })

  test('a fresh one is the identity, and what is merged in stays as it is', () => {
    fc.assert(
      fc.property(events, (all) => {
        const whole = folded(all)
        expect(merged(kind.make(), whole)).toEqual(memoryOf(folded(all)))
        expect(merged(whole, kind.make())).toEqual(memoryOf(folded(all)))
        whole.clear()
        expect(memoryOf(whole)).toEqual(memoryOf(kind.make()))
      }),
    )
  })

  test('events split over contributors merge to what one would have folded', () => {
    fc.assert(
      fc.property(split, ({ all, owners, order }) => {
        const parts = order.map((owner) => folded(all.filter((_, at) => owners[at] === owner)))
        expect(merged(...parts)).toEqual(memoryOf(folded(all)))
      }),
    )
  })

  if (kind.isIdempotent) {
    test('merging it with itself changes nothing', () => {
      fc.assert(
        fc.property(events, (all) => {
          const twice = folded(all)
          twice.merge(folded(all))
          expect(twice.snapshot()).toEqual(folded(all).snapshot())
        }),
      )
    })
  }

  test('it comes back from bytes as it was, and goes on as it would have', () => {
    fc.assert(
      fc.property(events, events, (all, later) => {
        const saved = folded(all)
        const bytes = encoded(saved)
        const loaded = decoded(kind, bytes)
        expect(loaded.snapshot()).toEqual(saved.snapshot())
        expect(loaded.evicted).toBe(saved.evicted)
        expect(encoded(loaded)).toEqual(bytes)
        loaded.merge(folded(later))
        saved.merge(folded(later))
        expect(loaded.snapshot()).toEqual(saved.snapshot())
      }),
    )
  })

  test('changed and cut bytes give a damaged state or another one, never anything else', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 4 })
    fc.assert(
      fc.property(events, flips, fc.nat(), (all, changes, cut) => {
        const bytes = encoded(folded(all))
        for (const [at, flip] of changes) {
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip
        }
        const upTo = changes.length % 2 === 0 ? cut % bytes.length : bytes.length
        try {
          encoded(decoded(kind, bytes.subarray(0, upTo)))
        } catch (cause) {
          expect(cause).toBeInstanceOf(DamagedStateError)
        }
      }),
      { numRuns: 300 },
    )
  })
})
