import { expect, test } from 'vitest'
import { isOnPath, needs } from './needs.ts'

test('finds a program by its name alone, and none that is not there', () => {
  expect(isOnPath('node')).toBe(true)
  expect(isOnPath('no-such-program')).toBe(false)
})

needs('node')('a test whose program is there runs', async () => {
  expect(isOnPath('node')).toBe(true)
})
