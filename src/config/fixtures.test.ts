import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { catalogue } from '../../test/fixtures/config/catalogue.ts'
import { loadConfig } from './load.ts'
import { formatProblems } from './problem.ts'

const folder = 'test/fixtures/config'
const names = readdirSync(folder).filter((it) => it.endsWith('.yaml'))

test.each(names)('%s is refused with every problem at its place', async (name) => {
  const result = await loadConfig([`${folder}/${name}`], [], catalogue, {})
  const text = result.ok ? 'loaded' : formatProblems(result.problems)
  expect(text).not.toContain('canary')
  const expected = `../../${folder}/${name.replace('.yaml', '.expected.txt')}`
  await expect(`${text}\n`).toMatchFileSnapshot(expected)
})
