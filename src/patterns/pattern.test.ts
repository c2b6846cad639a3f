import { expect, test } from 'vitest'
import { compilePattern, type Pattern } from './pattern.ts'

test('a pattern is found anywhere, unless it is anchored', () => {
  expect(compiled('b').test('abc')).toBe(true)
  expect(compiled('^b').test('abc')).toBe(false)
})

test('groups are caught in their order, by name or without', () => {
  const pattern = compiled('(?P<year>\\d+)-(\\d+)(-(?P<day>\\d+))?')
  expect(pattern.groups).toEqual(['year', '', '', 'day'])
  expect(pattern.capture('on 2026-07')).toEqual(['2026', '07', '', ''])
  expect(pattern.capture('never')).toBeUndefined()
})

test('what Go does not know is no pattern either', () => {
  expect(compilePattern('(a')).toBe('is no valid pattern: missing closing ): `(a`')
  expect(compilePattern('(?=a)')).toContain('is no valid pattern: invalid or unsupported')
  expect(compilePattern('(a)\\1')).toContain('is no valid pattern')
})

test('a text that other engines never finish takes linear time', () => {
  expect(compiled('^(a+)+$').test(`${'a'.repeat(100_000)}!`)).toBe(false)
})

function compiled(text: string): Pattern {
  const pattern = compilePattern(text)
  if (typeof pattern === 'string') throw new Error(pattern)
  return pattern
}
