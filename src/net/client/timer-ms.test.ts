import { expect, test } from 'vitest'
import { timerMs } from './timer-ms.ts'

test.each([
  [0, 0],
  [0.0015, 1],
  [1.5, 2],
  [30_000, 30_000],
  [30 * 86_400_000, 2 ** 31 - 1],
])('a timer waits for %d ms as %d', (ms, expected) => {
  expect(timerMs(ms)).toBe(expected)
})
