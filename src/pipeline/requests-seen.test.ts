import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RequestWindow } from '../state/request-window.ts'
import { RequestsSeen } from './requests-seen.ts'

const windowMs = 600_000
const aHash = (n: number) => Buffer.alloc(16, n + 1)

test('a repeat in the backlog is recognised, whatever arrives while it waits', () => {
  const arrival = fc.record({ n: fc.nat(5), atMs: fc.nat(100 * windowMs) })
  const record = fc.record({ n: fc.nat(5), waitMs: fc.nat(windowMs), before: fc.array(arrival) })
  fc.assert(
    fc.property(fc.array(record), (records) => {
      const quiet = new RequestWindow({ windowMs, maxEntries: 100 })
      const busy = new RequestWindow({ windowMs, maxEntries: 100 })
      const alone = new RequestsSeen(quiet)
      const asked = new RequestsSeen(busy)
      let atMs = 0
      for (const [offset, { n, waitMs, before }] of records.entries()) {
        for (const it of before) asked.find(aHash(it.n), it.atMs)
        atMs += waitMs
        expect(asked.fold(aHash(n), offset, atMs)).toBe(alone.fold(aHash(n), offset, atMs))
      }
      expect(busy.encode()).toEqual(quiet.encode())
    }),
  )
})

test('a request is known from its commit on, and after its fold for the window', () => {
  const seen = new RequestsSeen(new RequestWindow({ windowMs, maxEntries: 100 }))
  expect(seen.find(aHash(1), 0)).toBeUndefined()
  seen.committed(aHash(1), 7)
  expect(seen.find(aHash(1), 0)).toBe(7)
  expect(seen.fold(aHash(1), 7, 0)).toBeUndefined()
  expect(seen.find(aHash(1), windowMs)).toBe(7)
  expect(seen.find(aHash(1), 2 * windowMs)).toBeUndefined()
  expect(seen.find(aHash(1), windowMs)).toBe(7)
})
