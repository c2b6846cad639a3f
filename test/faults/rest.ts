import { expect } from 'vitest'
import type { FaultyCollector } from './collector.ts'
import { eventually } from './scratch.ts'

/**
 * Resolves once nothing is on its way any more and the disk has let go of everything. Throws unless
 * each ledger balances with all delivered, and nothing on disk was found damaged.
 */
export async function comesToRest(
  collector: FaultyCollector,
  ...exporters: readonly string[]
): Promise<void> {
  for (const id of exporters) {
    const { ledger } = await eventually(
      () => collector.destination(id),
      (it) => it.ledger.held === 0,
    )
    expect(ledger).toMatchObject({ rejected: 0, dropped: {} })
  }
  await eventually(
    async () => Object.entries(await collector.logs()).filter(([, it]) => it.held_records > 0),
    (holding) => holding.length === 0,
  )
  for (const [name, log] of Object.entries(await collector.logs())) {
    expect([name, log]).toEqual([
      name,
      { held_records: 0, damaged_records: 0, quarantined_bytes: 0 },
    ])
  }
}
