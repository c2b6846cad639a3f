import { expect } from 'vitest'
import { z } from 'zod'

const count = z.int().nonnegative()
const document = z.object({
  ledger: z.strictObject({
    received: count,
    delivered: count,
    rejected: count,
    dropped: z.record(z.string(), count),
    held: count,
  }),
})

/** The ledger that a status document holds, once it balances. */
export function balanced(status: unknown) {
  const { ledger } = document.parse(status)
  const dropped = Object.values(ledger.dropped).reduce((sum, items) => sum + items, 0)
  expect(ledger.delivered + ledger.rejected + dropped + ledger.held).toBe(ledger.received)
  return ledger
}
