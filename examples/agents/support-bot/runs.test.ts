import { expect, test } from 'vitest'
import { take } from '../simulation/take.fixture.ts'
import { supportRuns } from './runs.ts'

test('fails now and then: tools more often than runs, runs in a few of a hundred', () => {
  const runs = take(5_000, supportRuns(1))
  const failed = runs.filter((it) => it.root.errorType !== undefined).length / runs.length
  const calls = runs.flatMap((it) => it.root.steps.filter((step) => step.kind === 'tool'))
  const toolErrors = calls.filter((it) => it.errorType !== undefined).length / calls.length

  expect(failed).toBeGreaterThan(0.01)
  expect(failed).toBeLessThan(0.06)
  expect(toolErrors).toBeGreaterThan(failed)
})

test('comes back to open conversations', () => {
  const conversations = take(100, supportRuns(1)).map((it) => it.conversation)

  expect(new Set(conversations).size).toBeLessThan(conversations.length)
})
