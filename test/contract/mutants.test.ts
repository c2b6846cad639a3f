import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EngineModule } from './harness.ts'
import { type Mutant, mutants } from './mutants.ts'
import { broken, cases, wirings } from './proof.ts'

/** Enough for each defect to show itself in some wiring, with the fixed seed. */
const runs = 40
/** What a loss of power shows, it does not show every time. */
const crashRuns = 400
const root = join(import.meta.dirname, '../..')
let place = ''

beforeAll(async () => {
  place = await mkdtemp(join(root, '.mutants-'))
})

afterAll(async () => {
  await rm(place, { recursive: true, force: true })
})

test('the proof accepts the product as it stands', { timeout: 120_000 }, async () => {
  const engine = await mutated('original', undefined)
  expect(await firstViolation(engine)).toBeUndefined()
})

for (const [at, mutant] of mutants.entries()) {
  test(`the proof finds a product that ${mutant.name}`, { timeout: 120_000 }, async () => {
    const engine = await mutated(`mutant-${at}`, mutant)
    expect(await firstViolation(engine)).toBeDefined()
  })
}

/** A copy of the product with one defect in it. */
async function mutated(name: string, mutant: Mutant | undefined): Promise<EngineModule> {
  const copy = join(place, name)
  await cp(join(root, 'src'), join(copy, 'src'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  })
  if (mutant !== undefined) {
    const path = join(copy, 'src', mutant.file)
    const text = await readFile(path, 'utf8')
    expect(
      text.split(mutant.from),
      `the text to change stands once in ${mutant.file}`,
    ).toHaveLength(2)
    await writeFile(
      path,
      text.replace(mutant.from, () => mutant.to),
    )
  }
  return import(/* @vite-ignore */ join(copy, 'src/pipeline/engine.ts'))
}

/** What the proof says of a product, or `undefined` when it finds nothing. */
async function firstViolation(engine: EngineModule): Promise<string | undefined> {
  for (const wiring of wirings) {
    const numRuns = wiring.disk === 'crashes' ? crashRuns : runs
    for (const it of fc.sample(cases, { numRuns, seed: 42 })) {
      const violations = await broken(engine, wiring, it).catch((cause) => [String(cause)])
      if (violations[0] !== undefined) return `${wiring.name}: ${violations[0]}`
    }
  }
  return undefined
}
