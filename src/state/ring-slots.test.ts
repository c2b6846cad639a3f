import { expect, test } from 'vitest'
import { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'
import { RingSlots, readEntries } from './ring-slots.ts'

const largest = Number.MAX_SAFE_INTEGER

/** What an image says: the distance of each slot to the one before. */
function image(steps: readonly number[], events = 1): BinaryReader {
  const out = new BinaryWriter()
  out.count(steps.length)
  for (const step of steps) for (const it of [step, 1, 0, events]) out.integer(it)
  return new BinaryReader(out.toBytes())
}

test('a slot counts more events than 2^31, stays at 2^53 - 1, and is read as it was', () => {
  const slots = new RingSlots(10)
  const one = { index: 1, goodUnits: 1, badUnits: 0, events: 1 }
  for (const it of [{ ...one, events: 2 ** 31 - 1 }, one]) slots.add(it)
  expect(slots.sum(1, 1).events).toBe(2 ** 31)
  slots.add({ ...one, events: largest })
  slots.add(one)
  const out = new BinaryWriter()
  slots.encode(out, 0)
  expect(readEntries(new BinaryReader(out.toBytes()), 10)).toEqual(slots.entries(0))
  expect(slots.entries(0)).toEqual([{ index: 1, goodUnits: 4, badUnits: 0, events: largest }])
})

test.each([[[largest, largest]], [[largest]], [[-largest]], [[5, 0]], [[5, -1]]])(
  'slots at distances %o are damage',
  (steps) => {
    expect(() => readEntries(image(steps), 512)).toThrow(DamagedStateError)
  },
)

test('slots that rise are none', () => {
  expect(readEntries(image([-3, 1, 7]), 512).map((it) => it.index)).toEqual([-3, -2, 5])
})
