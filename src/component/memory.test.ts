import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admissionBytes, MemoryLedger } from './memory.ts'

test('refuses what is not free, and says so in its status', () => {
  const ledger = new MemoryLedger(100)
  const lease = ledger.reserve(80)

  expect(ledger.reserve(21)).toBeUndefined()
  expect(lease?.resize(101)).toBe(false)
  expect(lease?.resize(20)).toBe(true)
  expect(ledger.status()).toEqual({
    limit_bytes: 100,
    reserved_bytes: 20,
    peak_bytes: 80,
    refused: 1,
  })
})

test('frees a lease when its last holder lets go, and tells who waits, once', () => {
  const ledger = new MemoryLedger(10)
  let calls = 0
  const lease = ledger.reserve(10)
  ledger.onRoom(() => calls++)
  lease?.retain()
  lease?.release()
  expect(ledger.reserve(1)).toBeUndefined()
  lease?.release()
  expect(ledger.reserve(1)).toBeDefined()
  expect(calls).toBe(1)
})

test('a lease released too often is a mistake', () => {
  const lease = new MemoryLedger(10).reserve(1)
  lease?.release()
  expect(() => lease?.release()).toThrow('released more often')
  expect(() => lease?.retain()).toThrow('cannot be retained')
})

test('what is reserved never passes the limit and comes back to nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 60 })), (steps) => {
      const ledger = new MemoryLedger(100)
      const held = []
      for (const bytes of steps) {
        if (bytes < 0) held.shift()?.release()
        else {
          const lease = ledger.reserve(bytes)
          if (lease) held.push(lease)
        }
        expect(ledger.status().reserved_bytes).toBeLessThanOrEqual(100)
      }
      for (const lease of held) lease.release()
      expect(ledger.status().reserved_bytes).toBe(0)
    }),
  )
})

test('gives out what the runtime leaves of a limit, and at least a quarter', () => {
  expect(admissionBytes(512)).toBe(192 * 2 ** 20)
  expect(admissionBytes(1_024)).toBe(704 * 2 ** 20)
  expect(admissionBytes(100)).toBe(25 * 2 ** 20)
})
