import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DamagedStateError } from './format-errors.ts'
import { RequestWindow } from './request-window.ts'

const windowMs = 600_000
const aHash = (n: number) => {
  const hash = new Uint8Array(16)
  new DataView(hash.buffer).setUint32(n % 4 === 0 ? 0 : 8, n, true)
  return hash
}

test('a request is known for its window and forgotten after twice that', () => {
  fc.assert(
    fc.property(fc.nat(2 * windowMs), fc.nat(3 * windowMs), (firstMs, waitMs) => {
      const window = new RequestWindow({ windowMs, maxEntries: 100 })
      window.add(aHash(1), 7, firstMs)
      const found = window.find(aHash(1), firstMs + waitMs)
      if (waitMs <= windowMs) expect(found).toBe(7)
      if (waitMs >= 2 * windowMs) expect(found).toBeUndefined()
      expect(window.find(aHash(2), firstMs)).toBeUndefined()
    }),
  )
})

test('a full window gives up its older half and counts it', () => {
  const window = new RequestWindow({ windowMs, maxEntries: 10 })
  for (let n = 0; n < 15; n++) window.add(aHash(n), n, 0)

  expect([window.size, window.evicted]).toEqual([10, 5])
  expect([window.find(aHash(4), 0), window.find(aHash(5), 0)]).toEqual([undefined, 5])
})

test('a window of no length knows nothing', () => {
  const window = new RequestWindow({ windowMs: 0, maxEntries: 10 })
  window.add(aHash(1), 1, 5)
  expect([window.find(aHash(1), 5), window.size]).toEqual([undefined, 0])
})

test('a restored window goes on exactly as the one that was saved', () => {
  const step = fc.tuple(fc.nat(60), fc.nat(400_000))
  fc.assert(
    fc.property(fc.array(step), fc.array(step), (before, after) => {
      const saved = new RequestWindow({ windowMs, maxEntries: 20 })
      let atMs = 0
      const run = (window: RequestWindow, [n, waitMs]: readonly [number, number]) => {
        const found = window.find(aHash(n), atMs + waitMs)
        if (found === undefined) window.add(aHash(n), atMs, atMs + waitMs)
        return [found, window.size, window.evicted]
      }
      for (const it of before) {
        run(saved, it)
        atMs += it[1]
      }
      const restored = new RequestWindow({ windowMs, maxEntries: 20 })
      restored.restore(saved.encode())
      for (const it of after) {
        expect(run(restored, it)).toEqual(run(saved, it))
        atMs += it[1]
      }
      expect(restored.encode()).toEqual(saved.encode())
    }),
  )
})

test('asking ahead of the records gives the answer of that time and changes no image', () => {
  const maxMs = 4 * windowMs
  const ask = fc.tuple(fc.nat(20), fc.integer({ min: -maxMs, max: maxMs }))
  const step = fc.record({ n: fc.nat(20), waitMs: fc.nat(windowMs), asks: fc.array(ask) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const plain = new RequestWindow({ windowMs, maxEntries: 20 })
      const asked = new RequestWindow({ windowMs, maxEntries: 20 })
      let atMs = 0
      for (const [offset, { n, waitMs, asks }] of steps.entries()) {
        for (const [other, aheadMs] of asks) {
          const later = new RequestWindow({ windowMs, maxEntries: 20 })
          later.restore(asked.encode())
          const found = asked.peek(aHash(other), atMs + aheadMs)
          expect(found).toBe(later.find(aHash(other), atMs + aheadMs))
        }
        atMs += waitMs
        for (const window of [plain, asked]) {
          if (window.find(aHash(n), atMs) === undefined) window.add(aHash(n), offset, atMs)
        }
        expect(asked.encode()).toEqual(plain.encode())
      }
    }),
  )
})

test('an image of a larger window fits into a smaller one', () => {
  const large = new RequestWindow({ windowMs, maxEntries: 10_000 })
  for (let n = 0; n < 4_000; n++) large.add(aHash(n), n, 0)
  const small = new RequestWindow({ windowMs, maxEntries: 100 })
  small.restore(large.encode())

  expect(small.size).toBeLessThanOrEqual(100)
  expect(small.evicted).toBe(4_000 - small.size)
})

test('a damaged image is refused and leaves nothing behind', () => {
  const window = new RequestWindow({ windowMs, maxEntries: 100 })
  window.add(aHash(1), 1, 0)
  const image = window.encode()
  image[20] = (image[20] ?? 0) ^ 1

  expect(() => window.restore(image)).toThrow(DamagedStateError)
  expect(window.size).toBe(0)
})
