import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DamagedStateError, NewerFormatError } from './format-errors.ts'
import { decodeImage, encodeImage, type StateImage } from './image.ts'

const bytes = fc.uint8Array()
const anImage: fc.Arbitrary<StateImage> = fc.record({
  contributor: fc.string(),
  epoch: fc.maxSafeNat(),
  fingerprint: fc.string(),
  nextOffset: fc.maxSafeNat(),
  lastMs: fc.oneof(fc.maxSafeNat(), fc.constant(Number.NEGATIVE_INFINITY)),
  requests: bytes,
  components: fc
    .array(fc.tuple(fc.string({ unit: 'binary' }), bytes))
    .map((entries) => new Map(entries)),
})

const plain = (image: StateImage) => ({
  ...image,
  requests: [...image.requests],
  components: [...image.components].map(([id, it]) => [id, [...it]]).sort(),
})

test('an image comes back as it was', () => {
  fc.assert(
    fc.property(anImage, (image) => {
      expect(plain(decodeImage(encodeImage(image)))).toEqual(plain(image))
    }),
  )
})

test('an image that is cut off or changed anywhere is refused', () => {
  fc.assert(
    fc.property(anImage, fc.nat(), fc.integer({ min: 1, max: 255 }), (image, at, flip) => {
      const whole = encodeImage(image)
      const changed = whole.slice()
      changed[at % whole.length] = (changed[at % whole.length] ?? 0) ^ flip
      expect(() => decodeImage(changed)).toThrow(DamagedStateError)
      expect(() => decodeImage(whole.subarray(0, at % whole.length))).toThrow(DamagedStateError)
    }),
  )
})

test('an image of a later format is refused by name', () => {
  const newer = Buffer.from('ASim\u0002\0\0\0\0', 'latin1')
  newer.writeUInt32LE(crc32(newer.subarray(0, 5)), 5)

  expect(() => decodeImage(newer)).toThrow(NewerFormatError)
  expect(() => decodeImage(newer)).toThrow('the snapshot has format 2')
})
