import { expect, test } from 'vitest'
import { stepsBelow } from '../simulation/steps.ts'
import { take } from '../simulation/take.fixture.ts'
import { researchRuns, summariser } from './runs.ts'

const minuteMs = 60_000
const runs = take(500, researchRuns(1))

test('goes deep now and then, which takes about an hour', () => {
  const durations = runs.map((it) => it.root.endMs).toSorted((a, b) => a - b)
  const deep = durations.filter((it) => it > 30 * minuteMs)

  expect(deep.length / runs.length).toBeGreaterThan(0.1)
  expect(deep.at(deep.length / 2)).toBeGreaterThan(40 * minuteMs)
  expect(deep.at(-1)).toBeLessThan(180 * minuteMs)
  expect(durations.at(durations.length / 2)).toBeLessThan(3 * minuteMs)
})

test('asks the summariser, which works below it', () => {
  const delegated = runs.flatMap((it) => it.root.steps.filter((step) => step.kind === 'agent'))

  expect(delegated.length).toBeGreaterThan(runs.length)
  for (const { agent, steps } of delegated) {
    expect(agent).toBe(summariser)
    expect(steps.length).toBeGreaterThan(0)
  }
})

test('embeds and looks up before it searches', () => {
  for (const { root } of runs) {
    const kinds = root.steps.map((it) => it.kind)
    if (!kinds.includes('tool')) continue
    expect(kinds.indexOf('embeddings')).toBeLessThan(kinds.indexOf('retrieval'))
    expect(kinds.indexOf('retrieval')).toBeLessThan(kinds.indexOf('tool'))
  }
})

test('tries again what failed, and fails itself in a few of a hundred runs', () => {
  const failed = runs.filter((it) => it.root.errorType !== undefined)
  const recovered = runs.filter(
    ({ root }) =>
      root.errorType === undefined && stepsBelow(root).some((it) => it.errorType !== undefined),
  )

  expect(failed.length / runs.length).toBeLessThan(0.1)
  expect(recovered.length).toBeGreaterThan(failed.length)
})
