import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AcknowledgedSet } from './acknowledged-set.ts'
import { aLog, aRecord, readAll, readTexts } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'

test('a payload in parts is one record', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  const many = Array.from({ length: 2500 }, (_, at) => Buffer.from(`${at} `))
  await Promise.all([
    log.append({ ...aRecord(''), payload: [Buffer.from('a'), Buffer.from('b')] }),
    log.append({ ...aRecord(''), payload: many }),
    log.append({ ...aRecord(''), payload: [] }),
  ])
  const texts = ['ab', Buffer.concat(many).toString(), '']
  expect(await readTexts(log)).toEqual(texts)
  const again = await aLog(files.afterCrash('nothing'))
  expect(await readTexts(again)).toEqual(texts)
})

test('payloads of every size about what is read at once come back whole', async () => {
  const log = await aLog(new SimulatedFileSystem(), { segmentBytes: 2 ** 20 })
  const sizes = [0, 1, 65_495, 65_496, 65_497, 65_535, 65_536, 65_537, 200_000, 3]
  for (const size of sizes) {
    await log.append({ ...aRecord(''), payload: Buffer.alloc(size, size % 251) })
  }
  const found = await readAll(log)
  expect(found.map((it) => it.payload.length)).toEqual(sizes)
  expect(log.status().damagedRecords).toBe(0)
  await log.close()
})

test('says what is held, by record, item and byte, and since when; a restart finds the same', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 100 })
  for (let at = 0; at < 6; at++) {
    await log.append({ payload: Buffer.alloc(10), receivedMs: 1000 + at, items: 2 ** at })
  }
  expect(log.status()).toMatchObject({ heldItems: 63, heldBytes: 300, oldestMs: 1000 })
  log.acknowledge(5)
  log.acknowledgeBelow(2)
  log.acknowledgeBelow(2)
  const held = { heldRecords: 4, heldItems: 46, heldBytes: 200, oldestMs: 1001, nextSequence: 7 }
  expect(log.status()).toMatchObject(held)
  expect([log.nextSequence, log.firstHeldSequence]).toEqual([7, 2])
  await log.close()

  const again = await aLog(files)
  await again.explored
  expect(again.status()).toMatchObject(held)
  again.acknowledgeBelow(7)
  expect(again.firstHeldSequence).toBeUndefined()
  expect(again.status()).toMatchObject({ heldRecords: 0, heldItems: 0, oldestMs: undefined })
  again.acknowledge(99)
  expect((await readAll(again)).length).toBe(0)
  expect(await again.append(aRecord('next'))).toEqual({ kind: 'appended', sequence: 7 })
  await again.close()
})

test('a sync makes safe what no policy did, or says that it may not be', async () => {
  const files = new SimulatedFileSystem()
  const options = { sync: { kind: 'never' } } as const
  const log = await aLog(files, options)
  void log.append(aRecord('one'))
  await log.sync()
  expect(await readTexts(await aLog(files.afterCrash('nothing'), options))).toEqual(['one'])
})

test('what a failed sync left in doubt is written again, and is read as before', async () => {
  const files = new SimulatedFileSystem()
  const options = { sync: { kind: 'never' } } as const
  const log = await aLog(files, options)
  await log.append(aRecord('safe'))
  await log.sync()
  for (const it of ['a', 'b', 'c']) await log.append({ ...aRecord(it), items: 5 })
  const reader = log.reader()
  await reader.next()
  await reader.next()
  log.acknowledge(3)
  let failures = 1
  files.faults = ({ name }) =>
    name === 'datasync' && failures-- > 0 ? { kind: 'error', code: 'EIO' } : undefined
  await log.sync()
  expect((await reader.next())?.sequence).toBe(4)
  expect(log.status()).toMatchObject({ segments: 2, heldRecords: 3, heldItems: 11, bytes: 167 })
  for (const survival of ['nothing', 'everything'] as const) {
    const found = await aLog(files.afterCrash(survival), options)
    expect((await readTexts(found)).slice(0, 2)).toEqual(['safe', 'a'])
    await found.verified
    expect(found.status()).toMatchObject({ damagedRecords: 0, dropped: {} })
  }
  await log.close()
})

test('a sync that fails again says so until what is in doubt is acknowledged', async () => {
  const files = new SimulatedFileSystem()
  const options = { sync: { kind: 'never' } } as const
  const log = await aLog(files, options)
  await log.append(aRecord('one'))
  files.faults = ({ name }) => (name === 'datasync' ? { kind: 'error', code: 'EIO' } : undefined)
  await expect(log.sync()).rejects.toThrow('EIO')
  files.faults = ({ path }) =>
    path.includes('unfinished') ? { kind: 'error', code: 'ENOSPC' } : undefined
  await log.append(aRecord('two'))
  await expect(log.sync()).rejects.toThrow('ENOSPC')
  log.acknowledgeBelow(2)
  await log.sync()
  expect(await readTexts(await aLog(files.afterCrash('nothing'), options))).toEqual(['two'])
})

test('what could not be written again is, once the disk lets it, in its place', async () => {
  const files = new SimulatedFileSystem()
  const options = { sync: { kind: 'never' }, segmentBytes: 100 } as const
  const log = await aLog(files, options)
  await log.append(aRecord('safe'))
  await log.sync()
  for (const it of ['a', 'b']) await log.append(aRecord(it))
  const reader = log.reader()
  for (let at = 0; at < 2; at++) await reader.next()
  files.faults = ({ name, path }) =>
    name === 'datasync' || path.includes('unfinished')
      ? { kind: 'error', code: 'ENOSPC' }
      : undefined
  await expect(log.sync()).rejects.toThrow('ENOSPC')
  files.faults = ({ name, path }) =>
    name === 'syncDirectory' && path.endsWith('log') && isRewriting
      ? { kind: 'error', code: 'EIO' }
      : undefined
  let isRewriting = false
  for (const it of ['c', 'd', 'e', 'f']) await log.append(aRecord(it))
  isRewriting = true
  await expect(log.sync()).rejects.toThrow('EIO')
  files.faults = () => undefined
  await log.sync()
  const all = ['safe', 'a', 'b', 'c', 'd', 'e', 'f']
  expect(await readTexts(log)).toEqual(all)
  expect((await reader.next())?.sequence).toBe(3)
  expect(log.status()).toMatchObject({ heldRecords: 7, heldItems: 7 })
  const again = await aLog(files.afterCrash('nothing'), options)
  expect(await readTexts(again)).toEqual(all)
  again.acknowledgeBelow(again.nextSequence)
  await again.close()
  expect(again.status()).toMatchObject({ heldRecords: 0, bytes: 0, dropped: {} })
})

test('a sync makes safe what a killed process had written too', async () => {
  const files = new SimulatedFileSystem()
  const options = { sync: { kind: 'never' } } as const
  await (await aLog(files, options)).append(aRecord('of the killed one'))
  const log = await aLog(files, options)
  await log.append(aRecord('of the next'))
  await log.sync()
  const left = await readTexts(await aLog(files.afterCrash('nothing'), options))
  expect(left).toEqual(['of the killed one', 'of the next'])
})

test('a set of sequences is what was added to it, by one or by range, after a restart too', () => {
  const step = fc.record({ below: fc.boolean(), at: fc.integer({ min: 0, max: 60 }) })
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 10, max: 70 }), (steps, end) => {
      const model = new Set<number>()
      let set = new AcknowledgedSet(10)
      for (const { below, at } of steps) {
        if (below) {
          for (let it = 10; it < at; it++) model.add(it)
          set.addBelow(at)
        } else if (at >= 10) {
          expect(set.add(at)).toBe(!model.has(at))
          model.add(at)
        }
        expect(set.size).toBe(model.size)
        const { lowWater, bits } = set.encode()
        set = new AcknowledgedSet(10, { lowWater, bits: Uint8Array.from(bits) })
      }
      for (let it = 10; it < 70; it++) expect(set.has(it)).toBe(model.has(it))
      expect(model.has(set.lowWater)).toBe(false)
      set.endAt(end)
      expect(set.size).toBe([...model].filter((it) => it < end).length)
      for (let it = 10; it < 70; it++) expect(set.has(it)).toBe(it < end && model.has(it))
    }),
  )
})
