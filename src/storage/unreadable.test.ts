import { expect, test } from 'vitest'
import { aLog, aRecord, bytesOf, directory, hastyClock, readTexts, replace } from './log.fixture.ts'
import type { SegmentLog } from './segment-log.ts'
import { type FaultPlan, SimulatedFileSystem } from './simulated-file-system.ts'

const options = { segmentBytes: 100, clock: hastyClock }
const ten = Array.from({ length: 10 }, (_, at) => `record ${at}`)

async function logOfTen(files: SimulatedFileSystem): Promise<SegmentLog> {
  const log = await aLog(files, options)
  for (const it of ten) await log.append(aRecord(it))
  return log
}

async function segmentFiles(files: SimulatedFileSystem, path = directory): Promise<string[]> {
  const names = await files.readDirectory(path)
  return names.filter((it) => it.endsWith('.segment')).sort()
}

/** Two records a segment: the third holds records 4 and 5. */
async function failing(
  files: SimulatedFileSystem,
  at: number,
  code: 'EIO' | 'EMFILE',
): Promise<FaultPlan> {
  const name = (await segmentFiles(files)).at(at) ?? ''
  return (call) =>
    call.name === (code === 'EIO' ? 'read' : 'open') && call.path.endsWith(name)
      ? { kind: 'error', code }
      : undefined
}

test('a segment that the disk does not give back is taken away, counted, and passed', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  files.faults = await failing(files, 2, 'EIO')
  expect(await readTexts(log)).toEqual(ten.filter((_, at) => at !== 4 && at !== 5))
  expect(log.status()).toMatchObject({
    dropped: { unreadable: 2 },
    droppedItems: { unreadable: 2 },
    damagedRecords: 2,
    heldRecords: 8,
    failedReads: 4,
    quarantinedBytes: 96,
  })
  expect(await segmentFiles(files)).toHaveLength(4)
  expect(await segmentFiles(files, `${directory}/quarantine`)).toHaveLength(1)
  await log.close()
  files.faults = () => undefined
  expect(await readTexts(await aLog(files.afterCrash('nothing')))).toHaveLength(8)
})

test('the segment that is written too; what comes next goes on behind it', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  files.faults = await failing(files, -1, 'EIO')
  expect(await readTexts(log)).toEqual(ten.slice(0, 8))
  expect(await log.append(aRecord('more'))).toEqual({ kind: 'appended', sequence: 11 })
  expect((await readTexts(log)).at(-1)).toBe('more')
  await log.close()
})

test('a start succeeds with a newest segment that cannot be read, and uses no sequence twice', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  await log.close()
  files.faults = await failing(files, -1, 'EIO')
  const again = await aLog(files, options)
  const appended = await again.append(aRecord('more'))
  expect(appended.kind === 'appended' && appended.sequence).toBeGreaterThan(10)
  expect(await readTexts(again)).toEqual([...ten.slice(0, 8), 'more'])
  expect(again.status().dropped.unreadable).toBe(1)
  await again.close()
})

test('a process without file handles waits for one and loses nothing', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  const faults = await failing(files, 2, 'EMFILE')
  let failures = 20
  files.faults = (call) => {
    const fault = faults(call)
    return fault && failures-- > 0 ? fault : undefined
  }
  expect(await readTexts(log)).toEqual(ten)
  expect(log.status()).toMatchObject({ dropped: {}, failedReads: 20 })
  await log.close()
})

test('a log that closes ends the waiting of its readers', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  files.faults = await failing(files, 0, 'EMFILE')
  const next = log.reader().next()
  await log.close()
  expect(await next).toBeUndefined()
})

test('so does a reader that is closed', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 100 })
  for (const it of ten) await log.append(aRecord(it))
  files.faults = await failing(files, 0, 'EMFILE')
  const reader = log.reader()
  const next = reader.next()
  await reader.close()
  expect(await next).toBeUndefined()
  await log.close()
})

test('damage in an old segment is found before anybody reads it; copies are bounded', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  await log.close()
  for (const name of (await segmentFiles(files)).slice(0, 4)) {
    const bytes = await bytesOf(files, `${directory}/${name}`)
    bytes[45] = 0
    await replace(files, `${directory}/${name}`, bytes)
  }
  const again = await aLog(files, options)
  await again.verified
  const status = { damagedRecords: 4, heldRecords: 6, heldItems: 6, quarantinedBytes: 96 }
  expect(again.status()).toMatchObject({ ...status, dropped: { damaged: 4 } })
  expect(await files.readDirectory(`${directory}/quarantine`)).toHaveLength(2)
  await again.close()
  const third = await aLog(files, options)
  await third.verified
  expect(third.status()).toMatchObject({ heldRecords: 6, quarantinedBytes: 96 })
  await third.close()
})

test('records that an old segment lost at its end are counted', async () => {
  const files = new SimulatedFileSystem()
  const log = await logOfTen(files)
  log.acknowledge(4)
  await log.close()
  for (const [at, length] of [
    [0, 48],
    [1, 60],
    [2, 0],
  ] as const) {
    const path = `${directory}/${(await segmentFiles(files))[at]}`
    const bytes = await bytesOf(files, path)
    await replace(files, path, bytes.subarray(0, length))
  }
  const again = await aLog(files, options)
  await again.explored
  expect(again.status()).toMatchObject({ damagedRecords: 3, heldRecords: 6, heldItems: 6 })
  await again.close()
})

test('looking through large segments pauses, and ends when the log closes', async () => {
  const files = new SimulatedFileSystem()
  const large = { segmentBytes: 2 ** 22 }
  const log = await aLog(files, large)
  for (let at = 0; at < 5; at++) {
    await log.append({ ...aRecord(''), payload: Buffer.alloc(2 ** 19) })
  }
  await log.close()
  const again = await aLog(files, large)
  await again.explored
  const before = files.calls
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate)
  expect(files.calls - before).toBeLessThan(10)
  await again.close()
  await again.verified
})
