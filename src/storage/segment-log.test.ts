import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileSystem } from './file-system.ts'
import { aLog, aRecord, directory, readAll, readTexts, StillClock } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'

const ten = Array.from({ length: 10 }, (_, at) => `record ${at}`)

test('reads back what was appended, in order, on the real disk and after a restart', async () => {
  const options = { directory: await mkdtemp(join(tmpdir(), 'log-')), segmentBytes: 200 }
  const log = await aLog(nodeFileSystem, { ...options, maxBytes: 10_000 })
  const answers = await Promise.all(ten.map((it) => log.append(aRecord(it))))
  expect(answers).toEqual(ten.map((_, at) => ({ kind: 'appended', sequence: at + 1 })))
  expect(await readTexts(log)).toEqual(ten)
  log.acknowledge(2)
  await log.close()

  const again = await aLog(nodeFileSystem, options)
  expect(await readTexts(again)).toEqual(ten.filter((_, at) => at !== 1))
  expect(await again.append(aRecord('more'))).toEqual({ kind: 'appended', sequence: 11 })
  await again.close()
})

test('all that wait share one write and one sync', async () => {
  const files = new SimulatedFileSystem()
  const calls: string[] = []
  const log = await aLog(files)
  await log.append(aRecord('first'))
  files.faults = ({ name }) => {
    calls.push(name)
    return undefined
  }
  await Promise.all(ten.map((it) => log.append(aRecord(it))))
  expect(calls.filter((it) => it !== 'volume')).toEqual(['write', 'datasync'])
  await log.close()
})

test('a segment goes once it is sealed and all of it is acknowledged, in any order', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 150 })
  for (const it of ten) await log.append(aRecord(it))
  const before = log.status().segments
  for (const { sequence } of (await readAll(log)).reverse()) log.acknowledge(sequence)
  await log.close()
  expect(before).toBe(4)
  const left = (await files.readDirectory(directory)).filter((it) => it.endsWith('.segment'))
  expect(left).toHaveLength(1)
  expect(log.status()).toMatchObject({ heldRecords: 0, bytes: 0 })
  const again = await aLog(files)
  expect(await again.append(aRecord('next'))).toEqual({ kind: 'appended', sequence: 11 })
  await again.close()
})

test('a failed write is retryable, leaves nothing behind, and the next one succeeds', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  await log.append(aRecord('one'))
  files.faults = ({ name }) => (name === 'write' ? { kind: 'error', code: 'EIO' } : undefined)
  const failed = await Promise.all([log.append(aRecord('x')), log.append(aRecord('y'))])
  expect(failed.map((it) => it.kind)).toEqual(['retryable', 'retryable'])
  files.faults = () => undefined
  expect(await log.append(aRecord('two'))).toEqual({ kind: 'appended', sequence: 2 })
  expect(await readTexts(log)).toEqual(['one', 'two'])
  const found = await aLog(files.afterCrash('nothing'))
  expect(await readTexts(found)).toEqual(['one', 'two'])
})

test('after a failed sync the group is written to a new segment', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  await log.append(aRecord('one'))
  let failures = 1
  files.faults = ({ name }) =>
    name === 'datasync' && failures-- > 0 ? { kind: 'error', code: 'EIO' } : undefined
  expect(await log.append(aRecord('two'))).toEqual({ kind: 'appended', sequence: 2 })
  expect(log.status().segments).toBe(2)
  expect(await readTexts(log)).toEqual(['one', 'two'])
  for (const survival of ['nothing', 'everything'] as const) {
    const found = await aLog(files.afterCrash(survival))
    expect(await readTexts(found)).toEqual(['one', 'two'])
    await found.explored
    expect(found.status()).toMatchObject({ heldRecords: 2, damagedRecords: 0 })
  }
})

test('an interval syncs later; what came since may be lost, its sequence is not used again', async () => {
  const files = new SimulatedFileSystem()
  const clock = new StillClock()
  const log = await aLog(files, { clock, sync: { kind: 'interval', everyMs: 100 } })
  await log.append(aRecord('one'))
  clock.run()
  await new Promise(setImmediate)
  await log.append(aRecord('two'))
  const options = { clock, sync: { kind: 'never' } } as const
  const left = files.afterCrash('nothing')
  const found = await aLog(left, options)
  expect(await readTexts(found)).toEqual(['one'])
  expect(await found.append(aRecord('three'))).toEqual({ kind: 'appended', sequence: 2 ** 20 + 2 })
  await found.close()
  await left.unlink(`${directory}/acknowledged`)
  const again = await aLog(left, options)
  await again.explored
  expect(await readTexts(again)).toEqual(['one', 'three'])
  expect(again.status()).toMatchObject({ heldRecords: 2, damagedRecords: 0 })
  await again.close()
})

test('full and blocking, an append waits until something was acknowledged', async () => {
  const log = await aLog(new SimulatedFileSystem(), { maxBytes: 100, whenFull: 'block' })
  await log.append(aRecord('a'.repeat(40)))
  const waiting = log.append(aRecord('b'.repeat(40)))
  await new Promise(setImmediate)
  log.acknowledge(1)
  expect(await waiting).toEqual({ kind: 'appended', sequence: 2 })
  await log.close()
})

test('full and dropping, the oldest segment goes and is counted', async () => {
  const options = { maxBytes: 250, segmentBytes: 100, whenFull: 'drop_oldest' } as const
  const log = await aLog(new SimulatedFileSystem(), options)
  for (const it of ten) {
    expect(await log.append(aRecord(it))).toMatchObject({ kind: 'appended' })
  }
  const kept = await readTexts(log)
  expect(kept).toEqual(ten.slice(-kept.length))
  expect(log.status().dropped).toEqual({ full: 10 - kept.length })
  expect(await log.append(aRecord('x'.repeat(300)))).toMatchObject({ kind: 'permanent' })
  await log.close()
})

test('a reader whose position is gone goes on with what is there', async () => {
  const log = await aLog(new SimulatedFileSystem(), { segmentBytes: 100 })
  for (const it of ten) await log.append(aRecord(it))
  for (let it = 1; it <= 5; it++) log.acknowledge(it)
  await new Promise(setImmediate)
  expect((await readAll(log, 3))[0]?.sequence).toBe(6)
  expect((await readAll(log, 8))[0]?.sequence).toBe(8)
  await log.close()
})
