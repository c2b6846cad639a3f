import { expect, test } from 'vitest'
import { compare, composite, type Operator, type Value } from './value.ts'

const operators: readonly Operator[] = ['==', '!=', '<', '<=', '>', '>=']

/** The operators that hold. */
const holding = (a: Value, b: Value) => operators.filter((it) => compare(it, a, b)).join(' ')

test('values of one kind are compared', () => {
  expect(holding('a', 'b')).toBe('!= < <=')
  expect(holding('b', 'b')).toBe('== <= >=')
  expect(holding(2, 1)).toBe('!= > >=')
  expect(holding(false, true)).toBe('!= < <=')
})

test('ints and doubles are compared with each other, exactly', () => {
  expect(holding(5n, 5)).toBe('== <= >=')
  expect(holding(9007199254740993n, 9007199254740992)).toBe('!= > >=')
  expect(holding(5n, Number.NaN)).toBe('!=')
  expect(holding(Number.NaN, Number.NaN)).toBe('!=')
})

test('values of different kinds are unequal, and neither is less', () => {
  expect(holding('5', 5)).toBe('!=')
  expect(holding(true, 1)).toBe('!=')
  expect(holding(composite, 'a')).toBe('!=')
  expect(holding(composite, composite)).toBe('!=')
})

test('nil equals nil alone', () => {
  expect(holding(undefined, undefined)).toBe('== <= >=')
  expect(holding(undefined, 'a')).toBe('!=')
  expect(holding(0, undefined)).toBe('!=')
  expect(holding(composite, undefined)).toBe('!=')
})
