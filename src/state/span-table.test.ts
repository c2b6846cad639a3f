import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.ts'
import { SpanTable } from './span-table.ts'

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const seen = (table: SpanTable, n: number, atMs = 0) => table.seen(hex(n, 32), hex(n, 16), atMs)

test('it says exactly what a set of everything would say', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 500 }), (spans) => {
      const [table, plain] = [new SpanTable(), new Set<number>()]
      for (const n of spans) {
        expect(seen(table, n)).toBe(plain.has(n))
        plain.add(n)
      }
    }),
  )
})

test('300 000 spans with ids that hardly differ are all different', () => {
  const table = new SpanTable()
  for (let n = 0; n < 300_000; n++)
    if (seen(table, n)) throw new Error(`${n} was taken for another`)
  expect([table.size, table.evicted]).toEqual([300_000, 0])
})

test('a span is known for 15 min after it came last, and forgotten after 30', () => {
  fc.assert(
    fc.property(fc.nat(1_800_000), fc.nat(3_600_000), (firstMs, waitMs) => {
      const table = new SpanTable()
      seen(table, 1, firstMs)
      const isSeen = seen(table, 1, firstMs + waitMs)
      if (waitMs <= 900_000) expect(isSeen).toBe(true)
      if (waitMs >= 1_800_000) expect(isSeen).toBe(false)
    }),
  )
})

test('a full table gives up its older half and counts it', () => {
  const table = new SpanTable({ maxEntries: 1_000 })
  for (let n = 0; n < 1_501; n++) seen(table, n)

  expect([table.size, table.evicted]).toEqual([501, 1_000])
  expect(seen(table, 1_200)).toBe(true)
})

test('bytes and hexadecimal text are the same span', () => {
  const table = new SpanTable()
  const ids = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'] as const
  const [traceId, spanId] = ids.map((it) => Buffer.from(it, 'hex'))
  if (traceId === undefined || spanId === undefined) throw new Error('no ids')
  table.seen(traceId, spanId, 0)

  expect(table.seen(...ids, 0)).toBe(true)
  expect(table.seen(new Uint8Array([0, 1, 2]), '', 0)).toBe(false)
  expect(table.seen('000102', '', 0)).toBe(true)
})

test('ids that were chosen to fall on one slot cost bounded time and are counted', () => {
  const table = new SpanTable({ maxEntries: 4_000 })
  const key = new Uint32Array(2)
  let found = 0
  for (let n = 0; found < 300; n++) {
    fingerprint(key, hex(n, 32), hex(n, 16))
    if (((key[0] ?? 0) & 1_023) !== 7) continue
    expect(seen(table, n)).toBe(false)
    expect(seen(table, n)).toBe(true)
    found++
  }
  for (let n = 10_000_000; n < 10_001_000; n++) seen(table, n)
  expect(table.size + table.evicted).toBe(1_300)
  expect(table.evicted).toBeGreaterThan(0)
})
