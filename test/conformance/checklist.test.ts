import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { conformancePage, conformancePath } from '../../scripts/conformance.ts'
import type { Proof, Status } from './checklist/item.ts'
import { checklist } from './checklist.ts'
import { titlesIn } from './titles.ts'

const root = join(import.meta.dirname, '../..')
const items = checklist.flatMap((it) => it.items)

test('the page says what the checklist says', () => {
  const page = readFileSync(join(root, conformancePath), 'utf8')
  expect(page, 'run: npm run generate').toBe(conformancePage())
})

test('every statement has an id of its own and a proof, or the reason why it has none', () => {
  expect(new Set(items.map((it) => it.id)).size).toBe(items.length)
  const open = items.filter(({ status }) =>
    status.kind === 'not_yet' ? status.why.trim() === '' : status.tests.length === 0,
  )
  expect(open).toEqual([])
})

test('every test that is named exists, once, with its row', () => {
  const wrong = items.flatMap(({ id, status }) =>
    testsOf(status).flatMap(({ file, name, row }) => {
      const text = textOf(file)
      const titles = titlesIn(text)
      const isThere = [titles.filter((it) => it === name), titles.filter((it) => it.includes(name))]
      if (!isThere.some((it) => it.length === 1)) return [`${id}: ${file} has no one "${name}"`]
      const hasRow = row === undefined || [`'${row}'`, `"${row}"`].some((it) => text.includes(it))
      return hasRow ? [] : [`${id}: ${file} has no row "${row}"`]
    }),
  )
  expect(wrong).toEqual([])
})

test('what is proven is proven by npm test, what is nightly by npm run test:nightly', () => {
  const wrong = items.flatMap(({ id, status }) => {
    const ending = status.kind === 'nightly' ? '.nightly.ts' : '.test.ts'
    return testsOf(status).flatMap(({ file }) => (file.endsWith(ending) ? [] : [`${id}: ${file}`]))
  })
  expect(wrong).toEqual([])
})

test('titles are found in every way in which tests are declared', () => {
  const text = [
    "test('plain', () => {})",
    "test.each([['a', 1]])('with %s', async (_, it) => {})",
    "test.each(names)(\n  'on its own line',\n  async (it) => {},\n)",
    'test(`of ${signal}`, { timeout: 1 }, async () => {})',
    "test('it\\u2019s \\'quoted\\'', () => {})",
    "expect(call('no title', 1)).toBe(1)",
  ].join('\n')
  expect(titlesIn(text)).toEqual([
    'plain',
    'with %s',
    'on its own line',
    'of ${signal}',
    "it’s 'quoted'",
  ])
})

function testsOf(status: Status): readonly Proof[] {
  return status.kind === 'not_yet' ? [] : status.tests
}

function textOf(file: string): string {
  const path = join(root, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
