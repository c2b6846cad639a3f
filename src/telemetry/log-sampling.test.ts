import { expect, test } from 'vitest'
import { defaultSampling, LogSampling } from './log-sampling.ts'

const line = { component: 'otlp_http', level: 'error', message: 'Exporting failed.' } as const

function sampling() {
  const clock = { nowMs: 0 }
  const reports: [string, number][] = []
  const it = new LogSampling(
    defaultSampling,
    () => clock.nowMs,
    (key, leftOut) => reports.push([key.message, leftOut]),
  )
  return { clock, reports, it }
}

test('writes the first ten of ten seconds and then every hundredth', () => {
  const { it } = sampling()
  const written = Array.from({ length: 310 }, (_, index) => (it.passes(line) ? index : -1))

  expect(written.filter((index) => index >= 0)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 109, 209, 309,
  ])
  expect(it.leftOut).toBe(297)
})

test('says how many were left out once their ten seconds are over', () => {
  const { clock, reports, it } = sampling()
  for (let index = 0; index < 15; index++) it.passes(line)

  clock.nowMs = 10_000

  expect(it.passes(line)).toBe(true)
  expect(reports).toEqual([['Exporting failed.', 5]])
})

test('tells components, levels and messages apart', () => {
  const { it } = sampling()
  for (let index = 0; index < 10; index++) it.passes(line)

  expect(it.passes(line)).toBe(false)
  expect(it.passes({ ...line, component: 'debug' })).toBe(true)
  expect(it.passes({ ...line, level: 'warn' })).toBe(true)
  expect(it.passes({ ...line, message: 'Another.' })).toBe(true)
})

test('forgets the oldest of a thousand kinds of lines, and reports what it left out', () => {
  const { reports, it } = sampling()
  for (let index = 0; index < 11; index++) it.passes(line)

  for (let index = 0; index < 1_000; index++) it.passes({ ...line, message: `m${index}` })

  expect(reports).toEqual([['Exporting failed.', 1]])
})

test('reports what is left at the end', () => {
  const { reports, it } = sampling()
  for (let index = 0; index < 12; index++) it.passes(line)

  it.flush()

  expect(reports).toEqual([['Exporting failed.', 2]])
})
