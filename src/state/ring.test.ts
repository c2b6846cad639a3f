import fc from 'fast-check'
import { expect, test } from 'vitest'
import { overflowKey } from './capped-map.ts'
import { Heartbeat } from './heartbeat.ts'
import { Ring } from './ring.ts'
import { resolutions, windowSlots } from './ring-layout.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const at = (text: string) => Date.parse(`2026-03-05T${text}Z`)

test('EX-WIN-01: a window of 5 min is the 20 slots that end now', () => {
  const [seconds] = resolutions
  if (seconds === undefined) throw new Error('no ring of seconds')
  const { first, last } = windowSlots(seconds, 5 * minute, at('12:00:07'))
  const start = (index: number) => new Date(index * seconds.slotMs).toISOString().slice(11, 19)

  expect([start(first), start(last), last - first + 1]).toEqual(['11:55:15', '12:00:00', 20])
  expect(at('12:00:07') - first * seconds.slotMs).toBe(4 * minute + 52_000)

  const ring = new Ring()
  for (const time of ['11:55:14', '11:55:15', '12:00:07']) ring.add('a', at(time), 'good', at(time))
  expect(ring.tally('a', 5 * minute, at('12:00:07')).total).toBe(2)
})

test('EX-WIN-02: an event 2 h 20 min late counts in minutes and hours, not in seconds', () => {
  const ring = new Ring()
  const nowMs = at('13:30:00')

  expect(ring.add('a', at('11:10:00'), 'bad', nowMs)).toBe('late')
  expect(ring.late).toEqual({ seconds: 1, minutes: 0, hours: 0, days: 0 })
  const bad = (windowMs: number) => ring.tally('a', windowMs, nowMs).bad
  expect([bad(5 * minute), bad(hour), bad(6 * hour), bad(30 * day)]).toEqual([0, 0, 1, 1])
})

test('EX-WIN-03: an event 9 min in the future counts now, and its clock is counted', () => {
  const ring = new Ring()

  expect(ring.add('a', at('12:09:00'), 'good', at('12:00:00'))).toBe('skewed')
  expect([ring.skewed, ring.tally('a', 5 * minute, at('12:00:00')).good]).toEqual([1, 1])
})

test('EX-WIN-04: two hours without a beat are not observed', () => {
  const heartbeat = new Heartbeat()
  const endMs = at('04:00:30')
  for (let ms = endMs - 30 * day; ms <= endMs; ms += 15_000) {
    if (ms < at('02:00:00') || ms >= at('04:00:00')) heartbeat.beat(ms)
  }
  expect(heartbeat.observedMs(30 * day, endMs)).toBe(30 * day - 2 * hour)
  expect(heartbeat.observedMs(hour, endMs)).toBe(45_000)
})

test('an event up to 5 min in the future waits in its own slot', () => {
  const ring = new Ring()
  ring.add('a', at('12:04:00'), 'good', at('12:00:00'))

  expect(ring.tally('a', 5 * minute, at('12:00:00')).total).toBe(0)
  expect(ring.tally('a', 5 * minute, at('12:04:00')).total).toBe(1)
})

test('slots for the next 5 min are not those of the oldest events', () => {
  const nowMs = at('12:00:00')
  const ages = [2 * hour, 2 * hour + 5 * minute]
  const placements = ages.map((ageMs) => new Ring().add('a', nowMs - ageMs, 'good', nowMs))
  expect(placements).toEqual(['counted', 'late'])

  const ring = new Ring()
  ring.add('a', nowMs + 5 * minute, 'good', nowMs)
  ring.add('a', nowMs - 2 * hour + 15_000, 'good', nowMs)
  expect(ring.tally('a', 2 * hour, nowMs).total).toBe(1)
})

test('an event older than the coarsest ring counts nowhere but as too late', () => {
  const ring = new Ring()
  const withDays = new Ring({ hasDays: true })
  const [eventMs, nowMs] = [at('12:00:00') - 40 * day, at('12:00:00')]

  expect([ring.add('a', eventMs, 'bad', nowMs), ring.tooLate]).toEqual(['too_late', 1])
  expect(withDays.add('a', eventMs, 'bad', nowMs)).toBe('late')
  expect(withDays.tally('a', 90 * day, nowMs).bad).toBe(1)
  expect(() => ring.tally('a', 90 * day, nowMs)).toThrow('no ring holds a window')
})

test('a window holds exactly the events whose slots it covers, however old the ring is', () => {
  const event = fc.record({
    stepMs: fc.oneof(fc.nat(30_000), fc.nat(4 * hour), fc.nat(20 * day)),
    ageMs: fc.nat(3 * hour),
    outcome: fc.constantFrom('good' as const, 'bad' as const),
  })
  const windows = [15_000, 5 * minute, hour, 2 * hour, 6 * hour, 26 * hour, 3 * day, 31 * day]
  fc.assert(
    fc.property(fc.array(event), fc.constantFrom(...windows), (events, windowMs) => {
      const ring = new Ring()
      const plain: { readonly eventMs: number; readonly outcome: 'good' | 'bad' }[] = []
      let nowMs = at('00:00:00')
      for (const { stepMs, ageMs, outcome } of events) {
        nowMs += stepMs
        plain.push({ eventMs: nowMs - ageMs, outcome })
        ring.add('a', nowMs - ageMs, outcome, nowMs)
      }
      const resolution = resolutions.find((it) => windowMs <= it.longestWindowMs)
      if (resolution === undefined) throw new Error('no ring')
      const { first, last } = windowSlots(resolution, windowMs, nowMs)
      const isIn = (eventMs: number) => {
        const index = Math.floor(eventMs / resolution.slotMs)
        return index >= first && index <= last
      }
      const inWindow = plain.filter((it) => isIn(it.eventMs))
      const good = inWindow.filter((it) => it.outcome === 'good').length
      expect(ring.tally('a', windowMs, nowMs)).toEqual({
        good,
        bad: inWindow.length - good,
        total: inWindow.length,
        events: inWindow.length,
      })
    }),
  )
})

test('further series share one that still tells good from bad', () => {
  const ring = new Ring({ cap: 2 })
  for (const [n, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    ring.add(name, at('12:00:00'), n % 2 === 0 ? 'good' : 'bad', at('12:00:00'))
  }
  const tally = ring.tally(overflowKey, hour, at('12:00:00'))
  expect([tally.good, tally.bad, ring.evicted]).toEqual([2, 1, 3])
  expect(ring.series).toEqual([overflowKey, 'a', 'b'])
})

test('weights count in fixed point, and a negative one takes back', () => {
  const ring = new Ring()
  const nowMs = at('12:00:00')
  for (let n = 0; n < 10; n++) ring.add('a', nowMs, 'bad', nowMs, 0.1)
  ring.add('a', nowMs, 'good', nowMs, 20)
  ring.add('a', nowMs, 'good', nowMs)
  ring.add('a', nowMs, 'good', nowMs, -1)

  const tally = ring.tally('a', hour, nowMs)
  expect(tally).toEqual({ good: 20, bad: 1, total: 21, events: 11 })
})

test('a series that time has left behind makes room for another', () => {
  const ring = new Ring({ cap: 1 })
  ring.add('old', at('12:00:00'), 'good', at('12:00:00'))
  const laterMs = at('12:00:00') + 40 * day
  ring.add('new', laterMs, 'good', laterMs)

  expect([ring.series, ring.evicted]).toEqual([['new'], 0])
})
