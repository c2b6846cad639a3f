import { expect, test } from 'vitest'
import { take } from '../simulation/take.fixture.ts'
import { codingRuns } from './runs.ts'

const minuteMs = 60_000
const runs = take(500, codingRuns(1))
const toolsOf = ({ root }: (typeof runs)[number]) => root.steps.filter((it) => it.kind === 'tool')

test('calls many tools, those of the MCP server among them', () => {
  const calls = runs.flatMap(toolsOf)
  const names = new Set(calls.map((it) => it.tool.name))

  expect(calls.length / runs.length).toBeGreaterThan(8)
  expect([...names].toSorted()).toEqual(['edit', 'read_file', 'run_tests', 'search'])
  expect(new Set(calls.map((it) => it.tool.server))).toEqual(new Set(['workspace', undefined]))
})

test('follows the runs that last', () => {
  const followed = runs.filter((it) => it.isFollowed).map((it) => it.root.endMs)
  const others = runs.filter((it) => !it.isFollowed).map((it) => it.root.endMs)

  expect(followed.length / runs.length).toBeGreaterThan(0.15)
  expect(median(followed)).toBeGreaterThan(10 * minuteMs)
  expect(median(others)).toBeLessThan(5 * minuteMs)
})

test('is stuck in a loop now and then, which is found out', () => {
  const stuck = runs.filter((it) => it.root.errorType === 'loop_detected')

  expect(stuck.length).toBeGreaterThan(0)
  expect(stuck.length / runs.length).toBeLessThan(0.1)
  for (const run of stuck) {
    const names = toolsOf(run).map((it) => it.tool.name)
    expect(new Set(names.slice(-20))).toEqual(new Set(['read_file']))
  }
})

test('lives with failing tests, and gives up on some', () => {
  const tests = runs.flatMap(toolsOf).filter((it) => it.tool.name === 'run_tests')
  const failedRatio = runs.filter((it) => it.root.errorType !== undefined).length / runs.length

  expect(tests.some((it) => it.errorType === 'tests_failed')).toBe(true)
  expect(failedRatio).toBeGreaterThan(0.02)
  expect(failedRatio).toBeLessThan(0.2)
})

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b).at(values.length / 2)
}
