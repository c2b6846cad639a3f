import { expect, test, vi } from 'vitest'
import { machineScheduler } from './scheduler.ts'

test('waits longer than one timer of the runtime can', () => {
  vi.useFakeTimers()
  let runs = 0
  const month = 31 * 24 * 3_600_000
  machineScheduler.schedule(() => runs++, month)
  const cancel = machineScheduler.schedule(() => runs++, Number.POSITIVE_INFINITY)
  vi.advanceTimersByTime(month - 1)
  expect(runs).toBe(0)
  vi.advanceTimersByTime(1)
  expect(runs).toBe(1)
  cancel()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
