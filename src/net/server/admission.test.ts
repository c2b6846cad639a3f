import { expect, test } from 'vitest'
import { type GrowingLease, MemoryLedger } from '../../component/memory.ts'
import { VirtualScheduler } from '../../component/virtual-scheduler.ts'
import { Admission } from './admission.ts'

function anAdmission(limitBytes = 100, maxWaiting?: number) {
  const scheduler = new VirtualScheduler()
  const memory = new MemoryLedger(limitBytes)
  const admission = new Admission(memory, scheduler, 2000, maxWaiting)
  const log: string[] = []
  const leases = new Map<string, GrowingLease>()
  const enter = (name: string, bytes: number) =>
    admission.enter(bytes, (lease) => {
      log.push(lease ? `${name} in` : `${name} refused`)
      if (lease) leases.set(name, lease)
    })
  return {
    scheduler,
    memory,
    admission,
    log,
    enter,
    leave: (it: string) => leases.get(it)?.release(),
  }
}

test('admits at once where there is room', () => {
  const { log, enter, scheduler } = anAdmission()
  enter('a', 60)
  enter('b', 40)
  expect(log).toEqual(['a in', 'b in'])
  expect(scheduler.pending).toBe(0)
})

test('nobody overtakes, not even one that would fit', () => {
  const { log, enter, leave } = anAdmission()
  enter('a', 60)
  enter('large', 80)
  enter('small', 10)
  expect(log).toEqual(['a in'])
  leave('a')
  expect(log).toEqual(['a in', 'large in', 'small in'])
})

test('when the first gives up, those behind it that fit come in', async () => {
  const { log, enter, scheduler, memory } = anAdmission()
  enter('a', 60)
  enter('large', 80)
  await scheduler.advanceTo(1000)
  enter('small', 10)
  await scheduler.advanceTo(2000)
  expect(log).toEqual(['a in', 'large refused', 'small in'])
  expect(memory.status()).toMatchObject({ reserved_bytes: 70, refused: 1 })
})

test('when the first is cancelled, those behind it that fit come in', () => {
  const { log, enter, admission, scheduler } = anAdmission()
  enter('a', 60)
  const cancel = enter('large', 80)
  enter('small', 10)
  cancel()
  cancel()
  expect(log).toEqual(['a in', 'small in'])
  expect([admission.waiting, scheduler.pending]).toEqual([0, 0])
})

test('what is being read already grows before new ones come in', () => {
  const { memory, admission, log, enter, leave } = anAdmission()
  const growing = memory.reserve(20)
  enter('a', 80)
  enter('new', 30)
  if (growing) admission.grow(growing, 60, (isGrown) => log.push(`grown ${isGrown}`))
  leave('a')
  expect(log).toEqual(['a in', 'grown true', 'new in'])
})

test('a queue that is full refuses at once', () => {
  const { log, enter } = anAdmission(100, 1)
  enter('a', 100)
  enter('b', 10)
  enter('c', 10)
  expect(log).toEqual(['a in', 'c refused'])
})
