import { expect, test } from 'vitest'
import { memo } from './memo.ts'

test('asks once for a text, and again after it had to forget', () => {
  const asked: string[] = []
  const length = memo((text) => {
    asked.push(text)
    return text.length
  }, 2)
  expect(['a', 'bb', 'a', 'ccc', 'a'].map(length)).toEqual([1, 2, 1, 3, 1])
  expect(asked).toEqual(['a', 'bb', 'ccc', 'a'])
})

test('long texts are answered and not remembered', () => {
  let asked = 0
  const length = memo((text) => {
    asked++
    return text.length
  })
  const long = 'x'.repeat(10_000)
  expect([long, long].map(length)).toEqual([10_000, 10_000])
  expect(asked).toBe(2)
})
