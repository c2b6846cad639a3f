import { expect, test } from 'vitest'
import { codingRuns } from '../coding-agent/runs.ts'
import { researchRuns } from '../research-agent/runs.ts'
import { supportRuns } from '../support-bot/runs.ts'
import { type Step, stepsBelow } from './steps.ts'
import { take } from './take.fixture.ts'

for (const runsOf of [supportRuns, researchRuns, codingRuns]) {
  test(`${runsOf.name}: the same seed gives the same runs, another gives others`, () => {
    expect(take(50, runsOf(7))).toEqual(take(50, runsOf(7)))
    expect(take(50, runsOf(7))).not.toEqual(take(50, runsOf(8)))
  })

  test(`${runsOf.name}: every step is inside the one above it, one after another`, () => {
    for (const { root } of take(300, runsOf(1))) {
      expect(root.startMs).toBe(0)
      for (const step of [root, ...stepsBelow(root)]) expectOrder(step)
    }
  })
}

function expectOrder(step: Step): void {
  let lastMs = step.startMs
  for (const { startMs, endMs } of 'steps' in step ? step.steps : []) {
    expect(startMs).toBeGreaterThanOrEqual(lastMs)
    expect(endMs).toBeGreaterThan(startMs)
    lastMs = endMs
  }
  expect(step.endMs).toBeGreaterThanOrEqual(lastMs)
}
