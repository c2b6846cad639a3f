import { expect, test } from 'vitest'
import { overload } from '../bench/overload.ts'

const limitMib = 512

for (const protocol of ['http', 'grpc'] as const) {
  test(`ten times too much over ${protocol} for a minute costs bounded memory, and nothing untold`, {
    timeout: 180_000,
  }, async () => {
    const seen = await overload({
      protocol,
      seconds: 60,
      offeredPerSecond: 50_000,
      acceptedPerSecond: 5_000,
      limitMib,
    })
    console.log(protocol, seen)

    expect(seen.peakBytes).toBeLessThan(limitMib * 2 ** 20)
    expect([...seen.statuses.keys()].filter((it) => it !== 200 && it !== 503)).toEqual([])
    // A JavaScript SDK drops what it may send only after more than what is left of its 10 s.
    for (const hint of seen.hints.keys()) {
      expect(Number(hint)).toBeGreaterThan(0)
      expect(Number(hint)).toBeLessThanOrEqual(5)
    }
    const { received, delivered, rejected, dropped, held } = seen.ledger
    const droppedItems = Object.values(dropped).reduce((sum, n) => sum + n, 0)
    expect(received).toBe(seen.acknowledged)
    expect(received).toBe(delivered + rejected + droppedItems + held)
    expect(seen.recoveryMs).toBeLessThan(5_000)
  })
}
