import { expect, test } from 'vitest'
import { State } from './state.ts'

test('money is exact beyond 2^53 nano-USD, forth and back', () => {
  const money = new State().money('spend')
  money.add('a', Number.MAX_SAFE_INTEGER)
  money.add('a', 2)
  money.add('a', 1)
  expect(money.get('a')).toBe(2n ** 53n + 2n)
  money.add('a', -(2n ** 53n))
  expect([money.get('a'), money.usd('a')]).toEqual([2n, 2e-9])
  expect(() => money.add('a', 0.5)).toThrow('0.5 is no integer')
})

test('a count stays at 2^53 - 1, whatever somebody claims', () => {
  const counts = new State().counts('tokens')
  counts.add('a', Number.MAX_SAFE_INTEGER)
  counts.add('a', Number.MAX_SAFE_INTEGER)
  expect(counts.get('a')).toBe(Number.MAX_SAFE_INTEGER)
})

test('mean and variance are those of the values, far from zero too', () => {
  const moments = new State().moments('waits')
  for (const value of [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]) moments.add('a', value)

  expect([moments.count('a'), moments.mean('a'), moments.variance('a')]).toEqual([4, 1e9 + 10, 30])
  expect(moments.variance('b')).toBeUndefined()
})

test('what is no number is refused and counted, and changes nothing', () => {
  const state = new State()
  const [waits, moments, last] = [state.histogram('w'), state.moments('m'), state.maxima('l')]
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) waits.add('a', value)
  moments.add('a', Number.NaN)
  last.put('a', Number.NaN)

  expect([waits.refused, moments.refused, last.refused]).toEqual([3, 1, 1])
  expect([waits.size, moments.size, last.size]).toEqual([0, 0, 0])
})

test('the newest value stays, whatever order values come in', () => {
  const latest = new State().latest<string>('agent')
  latest.put('a', 'second', [2, 0])
  latest.put('a', 'first', [1, 9])
  latest.put('a', 'restated', [2, 1])
  expect([latest.get('a'), latest.order('a')]).toEqual(['restated', [2, 1]])
})

test('distinct ids by key are told within three standard errors', () => {
  const users = new State().distinct('users')
  for (let n = 0; n < 20_000; n++) users.add('a', `user ${n % 10_000}`)
  expect(Math.abs(users.get('a') / 10_000 - 1)).toBeLessThan(0.05)
  expect(users.get('b')).toBe(0)
})
