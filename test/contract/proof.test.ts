import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as engine from '../../src/pipeline/engine.ts'
import { broken, cases, wirings } from './proof.ts'

const numRuns = Number(process.env.PROOF_RUNS ?? 1_000)

for (const wiring of wirings) {
  test(`the contract holds with ${wiring.name}`, { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (it) => {
        expect(await broken(engine, wiring, it)).toEqual([])
      }),
      { numRuns },
    )
  })
}
