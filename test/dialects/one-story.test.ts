import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseDuration } from '../../src/config/duration.ts'
import { understood } from './understood.fixture.ts'

const steps = z.array(z.object({ at: z.string(), body: z.looseObject({}) }))

/** The requests of the pipeline that tells one story in many dialects. */
function requests() {
  const path = join(import.meta.dirname, '..', '..', 'pipelines', 'dialects', 'input.json')
  return steps.parse(JSON.parse(readFileSync(path, 'utf8'))).map(({ at, body }) => {
    const atMs = parseDuration(at)
    if (typeof atMs === 'string') throw new Error(atMs)
    return { atMs, body }
  })
}

test('one story told in many dialects is the same calls in all of them', async () => {
  const facts = await understood(...requests())

  const calls = facts.counted.map(({ usage }) => [usage?.inputTokens, usage?.outputTokens])
  expect(calls).toHaveLength(21)
  expect(new Set(calls.map(String))).toEqual(new Set(['1200,50']))
  const cached = facts.counted.map(({ usage }) => usage?.cacheReadTokens)
  expect(new Set(cached)).toEqual(new Set([1000, undefined]))
  expect(new Set(facts.countedTools.map(({ tool }) => tool))).toEqual(new Set(['get_order']))
})

test('a task adds up what its calls say, and nothing twice', async () => {
  const facts = await understood(...requests())

  for (const task of facts.of('task')) {
    expect(task).toMatchObject({ llmCalls: 1, inputTokens: 1200, outputTokens: 50 })
  }
  expect(facts.of('task').length).toBeGreaterThan(15)
})
