import { expect, test } from 'vitest'
import { toValue } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

test.each([
  ['0123', 83],
  ['0o17', 15],
  ['0b101', 5],
  ['0xff', 255],
  ['-0123', -83],
  ['1_000', 1000],
  ['0128', 128],
  ['1e3', 1000],
  ['.5', 0.5],
  ['yes', 'yes'],
  ['off', 'off'],
  ['True', true],
  ['~', null],
  ['2006-01-02', '2006-01-02'],
  ['!!str 0123', '0123'],
])('%s means the same as in Go', (text, value) => {
  expect(valueIn(`v: ${text}`)).toEqual({ v: value })
})

test('anchors, aliases and merge keys work, a key written out wins', () => {
  const text = 'a: &a { x: 1, y: 2 }\nb: { <<: *a, y: 3 }\nc: *a\nd: { <<: [*a, { z: 4, x: 9 }] }'
  expect(valueIn(text)).toEqual({
    a: { x: 1, y: 2 },
    b: { y: 3, x: 1 },
    c: { x: 1, y: 2 },
    d: { x: 1, y: 2, z: 4 },
  })
})

test('keys are names even where they look like numbers', () => {
  expect(valueIn('1: a\ntrue: b\n0123: c')).toEqual({ 1: 'a', true: 'b', '0123': 'c' })
})

const bomb = ['a0: &a0 [x, x]']
for (let level = 1; level < 40; level++) {
  bomb.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`)
}

test.each([
  ['an alias bomb', bomb.join('\n'), 'aliases repeat more than 100000 values'],
  ['an anchor within itself', 'a: &a [*a]', 'refers to no finished anchor &a'],
  ['an alias without anchor', 'a: *b', 'Unresolved alias|refers to no finished anchor &b'],
  ['deep lists', `a: ${'['.repeat(200)}${']'.repeat(200)}`, 'is nested too deep'],
  ['very deep lists', '['.repeat(50_000), '.'],
  ['deep maps', deepMaps(300), 'is nested too deep'],
  ['a prototype', '__proto__: { polluted: true }', 'has a key that is no plain name'],
  ['a map as a key', '? { a: b }\n: 1', 'has a key that is no plain name'],
  ['a huge text', `a: ${'x'.repeat(3 * 2 ** 20)}`, 'is too large'],
  ['many duplicate keys', 'a: 1\n'.repeat(50_000), 'Map keys must be unique'],
  [
    'two documents',
    'a: 1\n---\nb: 2',
    'Source contains multiple documents: contents are not valid YAML',
  ],
  ['tabs', 'a:\n\tb: 1', 'Tabs are not allowed as indentation'],
  ['merging no map', 'a: { <<: 1 }', 'must be a map to be merged with <<'],
])('%s costs bounded time and gives a clear problem', (_, text, message) => {
  const started = performance.now()
  const { problems } = parseYaml({ label: 'c.yaml', text })
  expect(problems[0]?.message).toMatch(new RegExp(message))
  expect(problems.length).toBeLessThanOrEqual(100)
  expect(problems[0]?.at?.file).toBe('c.yaml')
  expect(performance.now() - started).toBeLessThan(10_000)
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

test("the parser's sentence does not repeat the file's text", () => {
  const { problems } = parseYaml({ label: 'c.yaml', text: '- a\ntoken: canary' })
  expect(problems).toHaveLength(1)
  expect(JSON.stringify(problems.map((it) => it.message))).not.toContain('canary')
})

function deepMaps(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
}

function valueIn(text: string): unknown {
  const { tree } = parseYaml({ label: 'c.yaml', text })
  return tree && toValue(tree)
}
