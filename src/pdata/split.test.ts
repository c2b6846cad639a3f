import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Data, oracleDecode, oracleEncode } from '../../test/support/otlp-oracle.ts'
import { requestsOf } from '../../test/support/otlp-oracle-data.ts'
import { filterItems } from './filter.ts'
import { Edits, edit } from './overlay.ts'
import { concat, decode, encode, type Payload, splitByBytes, splitByItems } from './payload.ts'
import { type Signal, signals } from './signal.ts'

for (const signal of signals) {
  const payloads = fc.array(requestsOf[signal], { minLength: 1, maxLength: 3 }).map((list) =>
    concat(
      signal,
      list.map((data) => marked(decode(signal, oracleEncode(signal, data)))),
    ),
  )

  test(`splitting ${signal} by items loses nothing and fills every part but the last`, () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 7 }), (payload, max) => {
        const parts = splitByItems(payload, max)
        expectSameItems(parts, payload)
        for (const part of parts) expect(part.itemCount).toBeLessThanOrEqual(max)
        for (const part of parts.slice(0, -1)) expect(part.itemCount).toBe(max)
      }),
      { numRuns: 200 },
    )
  })

  test(`splitting ${signal} by bytes loses nothing, and only single items are too big`, () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 400 }), (payload, max) => {
        const parts = splitByBytes(payload, max)
        expectSameItems(parts, payload)
        for (const part of parts) {
          if (encode(part).length > max) expect(part.itemCount).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 200 },
    )
  })

  test(`filtering ${signal} keeps what is wanted, with its envelopes`, () => {
    fc.assert(
      fc.property(payloads, fc.func(fc.boolean()), (payload, wanted) => {
        const asked: number[] = []
        const kept = filterItems(payload, (index) => {
          asked.push(index)
          return wanted(index)
        })
        const all = itemsOf(payload)
        expect(asked).toEqual(all.map((_, index) => index))
        expect(itemsOf(kept)).toEqual(all.filter((_, index) => wanted(index)))
        expectTrueCounts(kept)
      }),
      { numRuns: 200 },
    )
  })
}

test('a payload that fits is not touched', () => {
  const payload = spans(5)
  expect(splitByItems(payload, 5)[0]).toBe(payload)
  expect(splitByBytes(payload, payload.sizeBytes)[0]).toBe(payload)
  expect(filterItems(payload, () => true)).toBe(payload)
})

test('filtering everything away leaves an empty payload', () => {
  const none = filterItems(spans(5), () => false)
  expect([none.itemCount, encode(none).length]).toEqual([0, 0])
})

test('a part of nothing is refused', () => {
  expect(() => splitByItems(spans(1), 0)).toThrow(RangeError)
})

test('a huge resource is not repeated for every one of its spans', () => {
  const value = { stringValue: 'x'.repeat(100_000) }
  const scopeSpans = [{ spans: Array.from({ length: 10_000 }, () => ({ name: 'x' })) }]
  const resource = { attributes: [{ key: 'a', value }] }
  const bytes = oracleEncode('traces', { resourceSpans: [{ resource, scopeSpans }] })
  const payload = decode('traces', bytes)
  for (const parts of [splitByItems(payload, 1), splitByBytes(payload, 100_100)]) {
    const total = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
    expect(total).toBeLessThan(6 * bytes.length + 2 ** 20)
    expect(parts.reduce((sum, part) => sum + part.itemCount, 0)).toBe(10_000)
  }
})

test('splitting into single items takes linear time', () => {
  const timeOf = (count: number) => {
    const payload = spans(count)
    const start = performance.now()
    expect(splitByItems(payload, 1)).toHaveLength(count)
    return performance.now() - start
  }
  timeOf(1000)
  expect(timeOf(40_000)).toBeLessThan(5000)
})

function spans(count: number): Payload {
  const list = Array.from({ length: count }, (_, i) => ({ name: `span ${i}` }))
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'x' } }] }
  const data = { resourceSpans: [{ resource, scopeSpans: [{ spans: list }] }] }
  return decode('traces', oracleEncode('traces', data))
}

/** With an overlay on every second item: cutting has to apply it. */
function marked(payload: Payload): Payload {
  const edits = new Edits()
  for (let index = 0; index < payload.itemCount; index += 2) {
    edits.item(index, { kind: 'set', key: 'mark', value: `${index}` })
  }
  return edit(payload, edits)
}

function expectSameItems(parts: readonly Payload[], payload: Payload): void {
  expect(parts.flatMap(itemsOf)).toEqual(itemsOf(payload))
  for (const part of parts) expectTrueCounts(part)
}

function expectTrueCounts(payload: Payload): void {
  for (const chunk of payload.chunks) {
    if (chunk.overlay !== undefined) continue
    const { itemCount, chunks } = decode(payload.signal, chunk.bytes)
    expect([chunk.itemCount, chunk.resourceCount]).toEqual([
      itemCount,
      chunks[0]?.resourceCount ?? 0,
    ])
  }
}

/** Every item with all that lies above it, as one comparable text each. */
function itemsOf(payload: Payload): string[] {
  return itemsIn(payload.signal, oracleDecode(payload.signal, encode(payload)))
}

const steps: Readonly<Record<Signal, readonly (readonly string[])[]>> = {
  traces: [['resourceSpans'], ['scopeSpans'], ['spans']],
  logs: [['resourceLogs'], ['scopeLogs'], ['logRecords']],
  metrics: [
    ['resourceMetrics'],
    ['scopeMetrics'],
    ['metrics'],
    ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
    ['dataPoints'],
  ],
}

function itemsIn(signal: Signal, data: Data): string[] {
  const found: string[] = []
  const { resourceSpans, resourceLogs, resourceMetrics } = data
  const walk = (at: Data, depth: number, above: unknown[]): void => {
    const names = steps[signal][depth]
    if (names === undefined) {
      found.push(JSON.stringify([...above, at]))
      return
    }
    const envelope = Object.fromEntries(
      Object.entries(at).filter(([name]) => !names.includes(name)),
    )
    for (const name of names) {
      for (const child of [at[name] ?? []].flat()) {
        if (typeof child === 'object') walk({ ...child }, depth + 1, [...above, name, envelope])
      }
    }
  }
  walk({ resourceSpans, resourceLogs, resourceMetrics }, 0, [])
  return found
}
