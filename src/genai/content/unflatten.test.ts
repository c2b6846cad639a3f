import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxIndex } from './bounds.ts'
import { aSpan } from './content.fixture.ts'
import { unflatten } from './unflatten.ts'

test('one attribute per leaf is a list of objects', () => {
  const span = aSpan({
    'llm.tools.0.tool.json_schema': '{"name":"weather"}',
    'other.0.a': 'not under the prefix',
    'llm.tools.1.tool.json_schema': '{"name":"time"}',
  })
  expect(unflatten(span, 'llm.tools')).toEqual({
    value: [
      { tool: { json_schema: '{"name":"weather"}' } },
      { tool: { json_schema: '{"name":"time"}' } },
    ],
    truncated: false,
  })
})

test('indices count by value, whatever their order, and gaps close', () => {
  const span = aSpan({ 'a.10.x': 'ten', 'a.2.x': 'two', 'a.2.y.7': 'seven', 'a.0.x': 'zero' })
  expect(unflatten(span, 'a').value).toEqual([
    { x: 'zero' },
    { x: 'two', y: ['seven'] },
    { x: 'ten' },
  ])
})

test('what does not begin with an index is no element', () => {
  const span = aSpan({ 'gen_ai.prompt.name': 'greeting', 'gen_ai.prompt': '[]' })
  expect(unflatten(span, 'gen_ai.prompt')).toEqual({ value: undefined, truncated: false })
})

test('where a leaf and a branch have one name the branch counts', () => {
  const before = aSpan({ 'a.0': 'leaf', 'a.0.x': 'branch' })
  const after = aSpan({ 'a.0.x': 'branch', 'a.0': 'leaf' })
  for (const span of [before, after]) expect(unflatten(span, 'a').value).toEqual([{ x: 'branch' }])
})

test('hostile, huge, deep, long and empty segments are left out, and it says so', () => {
  const hostile = [
    'a.0.__proto__.polluted',
    'a.0.constructor.prototype.x',
    'a.4294967295.x',
    `a.${maxIndex + 1}.x`,
    `a.0${'.b'.repeat(100)}`,
    `a.0.${'b'.repeat(10_000)}`,
    'a.0..x',
  ]
  for (const key of hostile) {
    const { value, truncated } = unflatten(aSpan({ [key]: 'x', 'a.1.ok': 'yes' }), 'a')
    expect(value).toEqual([{ ok: 'yes' }])
    expect(truncated).toBe(true)
  }
  expect(Object.prototype).not.toHaveProperty('polluted')
})

test('whatever the keys, nothing throws and no list is longer than its attributes', () => {
  const segment = fc.oneof(
    fc.nat(20_000).map(String),
    fc.constantFrom('__proto__', 'constructor', 'x', '', '00', '1e3', '-1'),
    fc.string({ maxLength: 5 }),
  )
  const key = fc.array(segment, { maxLength: 6 }).map((it) => ['a', ...it].join('.'))
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 20 }), (keys) => {
      const { value } = unflatten(aSpan(Object.fromEntries(keys.map((it) => [it, 'v']))), 'a')
      if (value !== undefined)
        expect(JSON.stringify(value).split('"v"').length - 1).toBeLessThanOrEqual(keys.length)
    }),
  )
})
