import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DamagedStateError, NewerFormatError } from './format-errors.ts'
import { State } from './state.ts'

function withCounts(name: string, key: string): State {
  const state = new State()
  state.counts(name).add(key)
  return state
}

function restored(image: Uint8Array): State {
  const state = new State()
  state.restore(image)
  return state
}

/** Makes the CRC right again. */
function resealed(image: Uint8Array): Uint8Array {
  const bytes = Buffer.from(image)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
  return bytes
}

test('what nobody names waits through one start and is gone after the next', () => {
  const first = restored(withCounts('old', 'a').encode())
  const second = restored(first.encode())
  const third = restored(second.encode())

  expect(second.counts('old').get('a')).toBe(1)
  expect(third.counts('old').get('a')).toBe(0)
  expect(restored(first.encode()).counts('old').get('a')).toBe(1)
})

test('what was named again is a summary like any other', () => {
  const first = restored(withCounts('old', 'a').encode())
  first.counts('old').add('a')
  const second = restored(restored(first.encode()).encode())

  expect(second.counts('old').get('a')).toBe(2)
})

test('a name with another kind is another summary', () => {
  const state = new State()
  state.ids('old', 10).add('x')
  state.restore(withCounts('old', 'a').encode())

  expect(state.snapshot().summaries).toEqual({ old: [] })
  expect(restored(state.encode()).counts('old').get('a')).toBe(1)
})

test('names and keys that mean something to JavaScript mean nothing here', () => {
  const names = ['__proto__', 'constructor', '\0\n', 'toString', '\ud800', '']
  const saved = new State()
  for (const name of names) {
    saved.counts(name).add(name, 3)
    saved.due.set(name, 5)
  }
  const loaded = restored(saved.encode())
  for (const name of names) {
    expect(loaded.counts(name).get(name)).toBe(3)
    expect(loaded.due.get(name)).toBe(5)
  }
  expect(loaded.snapshot()).toEqual(saved.snapshot())
})

test('a state that is cut off or changed anywhere is refused, and nothing of it stays', () => {
  const image = withCounts('n', 'key').encode()
  const state = withCounts('n', 'other')
  for (let at = 0; at < image.length; at++) {
    const changed = image.slice()
    changed[at] = (changed[at] ?? 0) ^ 0x10
    expect(() => state.restore(changed)).toThrow(DamagedStateError)
    expect(() => state.restore(image.subarray(0, at))).toThrow(DamagedStateError)
  }
  expect(state.snapshot().summaries).toEqual({ n: [] })
})

test('a state that was changed by somebody who knows CRCs is never worse than damaged', () => {
  const image = withCounts('n', 'key').encode()
  fc.assert(
    fc.property(fc.nat(image.length - 5), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = image.slice()
      changed[at] = (changed[at] ?? 0) ^ flip
      try {
        withCounts('n', 'x').restore(resealed(changed))
      } catch (cause) {
        if (!(cause instanceof NewerFormatError)) expect(cause).toBeInstanceOf(DamagedStateError)
      }
    }),
  )
})

test('a later format, of the image or of one summary, is refused by name', () => {
  const image = Buffer.from(withCounts('spend', 'a').encode())
  const [ofImage, ofSummary] = [Buffer.from(image), Buffer.from(image)]
  ofImage[4] = 2
  ofSummary[image.indexOf('counts') + 'counts'.length] = 9
  const state = withCounts('spend', 'a')

  expect(() => state.restore(resealed(ofImage))).toThrow(NewerFormatError)
  expect(() => state.restore(resealed(ofImage))).toThrow(
    'the image of a state has format 2; this version of agent-sre reads up to 1',
  )
  expect(() => state.restore(resealed(ofSummary))).toThrow('counts spend has format 9')
})

test('large values are paused for earlier', () => {
  const state = new State()
  const texts = state.union<string>('texts', (kept) => kept, 1_000)
  for (let n = 0; n < 200; n++) texts.put(String(n), 'x'.repeat(10_000))

  expect([...state.encodeSlices()].length).toBeGreaterThanOrEqual(14)
})

test('an image of 50 000 keys is made in many slices and is the same as one made at once', () => {
  const state = new State()
  const counts = state.counts('n', 50_000)
  for (let n = 0; n < 50_000; n++) counts.add(`key ${n}`, n)
  let pauses = 0
  const slices = state.encodeSlices()
  let slice = slices.next()
  for (; !slice.done; slice = slices.next()) pauses++

  expect(pauses).toBeGreaterThanOrEqual(25)
  expect(slice.value).toEqual(state.encode())
  expect(restored(slice.value).counts('n', 50_000).get('key 49999')).toBe(49_999)
})
