import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chunks, roomFor } from './chunks.ts'

test('what was added is what is joined, however it came', () => {
  const pieces = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 15_000, max: 70_000 })), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(pieces, (sizes) => {
      const chunks = new Chunks()
      const all: Buffer[] = []
      for (const [at, size] of sizes.entries()) {
        const chunk = Buffer.alloc(size, at + 1)
        all.push(chunk)
        chunks.add(Buffer.from(chunk))
      }
      expect(chunks.sizeBytes).toBe(Buffer.concat(all).length)
      expect(chunks.joined().equals(Buffer.concat(all))).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('room follows what came, up to the length', () => {
  expect(roomFor(0, 64 * 2 ** 20)).toBe(64 * 1024)
  expect(roomFor(100_000, 64 * 2 ** 20)).toBe(200_000)
  expect(roomFor(100_000, 150_000)).toBe(150_000)
  expect(roomFor(0, 10)).toBe(10)
})
