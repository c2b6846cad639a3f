import { expect, test } from 'vitest'
import type { Dropped, DropReason } from './drops.ts'
import { aLog, aRecord, readTexts, StillClock } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'

const big = 'x'.repeat(200)

test('a full log says so, and calls when an acknowledged segment has made room', async () => {
  const log = await aLog(new SimulatedFileSystem(), { maxBytes: 1000, segmentBytes: 300 })
  const calls: number[] = []
  log.onRoom(() => calls.push(log.status().bytes))
  expect(log.hasRoom(200)).toBe(true)
  while (log.hasRoom(200)) await log.append(aRecord(big))
  expect(await log.append(aRecord(big))).toEqual({ kind: 'retryable', reason: 'full' })
  expect(calls).toEqual([])
  log.acknowledgeBelow(2)
  await log.sync()
  expect(calls).toEqual([480])
  expect(log.hasRoom(200)).toBe(true)
  await log.close()
})

test('records that wait for the disk take room too', async () => {
  const log = await aLog(new SimulatedFileSystem(), { maxBytes: 1000 })
  const appended = [1, 2, 3].map(() => log.append(aRecord(big)))
  expect(log.hasRoom(200)).toBe(false)
  await Promise.all(appended)
  await log.close()
})

test('a vital record fits where others do not any more, and goes past those that wait', async () => {
  const options = { maxBytes: 1600, segmentBytes: 300, whenFull: 'block' } as const
  const log = await aLog(new SimulatedFileSystem(), options)
  while (log.hasRoom(200)) await log.append(aRecord(big))
  const waiting = log.append(aRecord(big))
  const vital = await log.append({ ...aRecord('tick'), isVital: true })
  expect(vital).toMatchObject({ kind: 'appended' })
  log.acknowledgeBelow(3)
  expect(await waiting).toMatchObject({ kind: 'appended' })
  await log.close()
})

test('a volume that others filled is asked again until it has room', async () => {
  const files = new SimulatedFileSystem(10_000)
  const clock = new StillClock()
  const log = await aLog(files, { clock, segmentBytes: 300 })
  await files.makeDirectory('/other')
  const other = await files.open('/other/file', 'create')
  await other.write([Buffer.alloc(9500)], 0)
  expect(await log.append(aRecord(big))).toEqual({ kind: 'retryable', reason: 'full' })
  expect(log.hasRoom(200)).toBe(false)
  const called = new Promise<void>((resolve) => log.onRoom(resolve))
  await other.truncate(0)
  clock.run()
  await called
  expect(log.hasRoom(200)).toBe(true)
  await log.close()
})

test('after a failed write there is no room for a second, then for one attempt', async () => {
  const files = new SimulatedFileSystem()
  const clock = new StillClock()
  const log = await aLog(files, { clock })
  let calls = 0
  log.onRoom(() => calls++)
  files.faults = ({ name }) => (name === 'write' ? { kind: 'error', code: 'EIO' } : undefined)
  expect(await log.append(aRecord('a'))).toMatchObject({ kind: 'retryable' })
  expect(log.hasRoom(1)).toBe(false)
  clock.run()
  expect([log.hasRoom(1), calls]).toEqual([true, 1])
  expect(await log.append(aRecord('b'))).toMatchObject({ kind: 'retryable' })
  expect(log.hasRoom(1)).toBe(false)
  files.faults = () => undefined
  expect(await log.append(aRecord('c'))).toMatchObject({ kind: 'appended' })
  expect([log.hasRoom(1), calls]).toEqual([true, 2])
  await log.close()
})

test('no more records than were asked for; the oldest segment goes, with its items', async () => {
  const dropped: (readonly [DropReason, Dropped])[] = []
  const log = await aLog(new SimulatedFileSystem(), {
    maxRecords: 4,
    segmentBytes: 100,
    whenFull: 'drop_oldest',
    onDropped: (...it) => dropped.push(it),
  })
  for (const it of ['a', 'b', 'c', 'd', 'e', 'f']) {
    expect(await log.append({ ...aRecord(it), items: 10 })).toMatchObject({ kind: 'appended' })
  }
  expect(await readTexts(log)).toEqual(['c', 'd', 'e', 'f'])
  expect(dropped).toEqual([['too_many', { records: 2, items: 20 }]])
  expect(log.status()).toMatchObject({
    dropped: { too_many: 2 },
    droppedItems: { too_many: 20 },
    heldRecords: 4,
    heldItems: 40,
  })
  await log.close()
})

test('what is older than is kept goes, segment by segment, and is counted', async () => {
  const clock = new StillClock()
  const log = await aLog(new SimulatedFileSystem(), { clock, maxAgeMs: 8000 })
  const at = (text: string) => ({ ...aRecord(text), receivedMs: clock.nowMs })
  const start = clock.nowMs
  await log.append(at('old'))
  clock.nowMs += 3000
  clock.run()
  await log.sync()
  await log.append(at('newer'))
  clock.nowMs += 6000
  clock.run()
  await log.sync()
  expect(await readTexts(log)).toEqual(['newer'])
  expect(log.status()).toMatchObject({ dropped: { too_old: 1 }, oldestMs: start + 3000 })
  await log.close()
})

test('where others filled the volume, nothing is dropped for a record that is refused all the same', async () => {
  const files = new SimulatedFileSystem()
  let freeBytes = 6000
  files.volume = async () => ({ totalBytes: 100_000, freeBytes })
  const log = await aLog(files, { segmentBytes: 300, maxBytes: 800, whenFull: 'drop_oldest' })
  for (let at = 0; at < 3; at++) await log.append(aRecord(big))
  freeBytes = 4000
  expect(await log.append(aRecord(big))).toEqual({ kind: 'retryable', reason: 'full' })
  expect(log.hasRoom(200)).toBe(false)
  expect(log.status()).toMatchObject({ heldRecords: 3, dropped: {} })
  await log.close()
})

test('where dropping gives back what lacks, the oldest goes', async () => {
  const files = new SimulatedFileSystem(2000)
  const log = await aLog(files, { segmentBytes: 300, whenFull: 'drop_oldest' })
  for (let at = 0; at < 12; at++) {
    expect(await log.append(aRecord(big))).toMatchObject({ kind: 'appended' })
  }
  expect(log.status().dropped.full).toBeGreaterThan(3)
  await log.close()
})
