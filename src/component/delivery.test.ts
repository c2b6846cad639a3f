import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aBatch } from '../../test/support/build.ts'
import { type Delivery, delivered, type Outcome, shareSettle, worst } from './delivery.ts'
import { mergeDeliveries, splitDelivery } from './holding.ts'

const retryable = (retryAfterMs?: number): Outcome => ({
  kind: 'retryable',
  reason: 'busy',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})
const permanent: Outcome = { kind: 'permanent', reason: 'bad' }

test('a whole is retryable as soon as a retry could save one part', () => {
  expect(worst([delivered, permanent, retryable()])).toEqual(retryable())
  expect(worst([delivered, permanent])).toEqual(permanent)
  expect(worst([])).toEqual(delivered)
})

test('of several hints the longest counts', () => {
  expect(worst([retryable(1), retryable(7), retryable(), retryable(3)])).toEqual(retryable(7))
})

test('shared parts settle the whole once, when all have settled, whatever else they do', () => {
  const outcome = fc.constantFrom(delivered, permanent, retryable())
  fc.assert(
    fc.property(fc.array(outcome, { minLength: 1, maxLength: 6 }), fc.nat(3), (outcomes, extra) => {
      const wholes: Outcome[] = []
      let twice = 0
      const parts = shareSettle(
        outcomes.length,
        (it) => wholes.push(it),
        () => twice++,
      )
      for (const [at, it] of outcomes.entries()) {
        expect(wholes).toEqual([])
        parts[at]?.(it)
      }
      for (let n = 0; n < extra; n++) parts[0]?.(delivered)
      expect(wholes).toEqual([worst(outcomes)])
      expect(twice).toBe(extra)
    }),
  )
})

test('merged deliveries share one outcome, and keep items, facts and rooms', () => {
  const settled: Outcome[][] = [[], []]
  const slot = { claim() {}, release() {} }
  const deliveries = [0, 1].map(
    (at): Delivery => ({
      batch: aBatch('traces', [{}, {}]),
      settle: (it) => settled[at]?.push(it),
      slots: new Map([['traces>a', [slot]]]),
    }),
  )
  const merged = mergeDeliveries(deliveries)
  merged.settle(permanent)

  expect(merged.batch.kind === 'traces' && merged.batch.payload.itemCount).toBe(4)
  expect(merged.slots?.get('traces>a')).toHaveLength(2)
  expect(settled).toEqual([[permanent], [permanent]])
})

test('a split delivery settles with the worst of its parts', () => {
  const settled: Outcome[] = []
  const parts = splitDelivery({ batch: aBatch('traces', [{}]), settle: (it) => settled.push(it) }, [
    aBatch('traces', [{}]),
    aBatch('traces', [{}]),
  ])
  parts[1]?.settle(retryable())
  expect(settled).toEqual([])
  parts[0]?.settle(delivered)
  expect(settled).toEqual([retryable()])
})

test('batches of two kinds cannot be merged', () => {
  const settle = () => {}
  const two = (['traces', 'logs'] as const).map((it) => ({ batch: aBatch(it, [{}]), settle }))
  expect(() => mergeDeliveries(two)).toThrow('only batches of one kind can be merged')
})

test('whoever waits for the result still does after a merge and a split', () => {
  const batch = aBatch('traces', [{}])
  const one = { batch, settle() {} }
  const waiting: Delivery = { ...one, awaitsResult: true }
  expect(mergeDeliveries([one, waiting]).awaitsResult).toBe(true)
  expect(mergeDeliveries([one, one])).not.toHaveProperty('awaitsResult')
  expect(splitDelivery(waiting, [batch, batch]).map((it) => it.awaitsResult)).toEqual([true, true])
})
