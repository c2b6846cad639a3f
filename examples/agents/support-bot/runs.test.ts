import { expect, test } from 'vitest'
import { type Run, supportRuns } from './runs.ts'

test('gives the same runs for the same seed, others for another', () => {
  expect(first(200, 7)).toEqual(first(200, 7))
  expect(first(200, 7)).not.toEqual(first(200, 8))
})

test('keeps every step inside its run, one after another', () => {
  for (const { steps, durationMs } of first(1_000, 1)) {
    let lastMs = 0
    for (const { startMs, endMs } of steps) {
      expect(startMs).toBeGreaterThanOrEqual(lastMs)
      expect(endMs).toBeGreaterThan(startMs)
      lastMs = endMs
    }
    expect(durationMs).toBeGreaterThanOrEqual(lastMs)
  }
})

test('fails now and then: tools more often than runs, runs in a few of a hundred', () => {
  const runs = first(5_000, 1)
  const failed = runs.filter((it) => it.errorType !== undefined).length / runs.length
  const calls = runs.flatMap((it) => it.steps.filter((step) => step.kind === 'tool'))
  const toolErrors = calls.filter((it) => it.errorType !== undefined).length / calls.length

  expect(failed).toBeGreaterThan(0.01)
  expect(failed).toBeLessThan(0.06)
  expect(toolErrors).toBeGreaterThan(failed)
})

test('comes back to open conversations', () => {
  const conversations = first(100, 1).map((it) => it.conversation)

  expect(new Set(conversations).size).toBeLessThan(conversations.length)
})

function first(count: number, seed: number): Run[] {
  const runs = supportRuns(seed)
  return Array.from({ length: count }, () => runs.next().value)
}
