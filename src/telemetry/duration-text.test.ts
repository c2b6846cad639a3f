import { expect, test } from 'vitest'
import { durationText } from './duration-text.ts'

test.each([
  [0, '0s'],
  [0.25, '250µs'],
  [200, '200ms'],
  [1_500, '1.5s'],
  [60_000, '1m0s'],
  [984_400, '16m24.4s'],
  [3_723_500, '1h2m3.5s'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
