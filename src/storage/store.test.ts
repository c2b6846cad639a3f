import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileSystem } from './file-system.ts'
import { aRecord, hastyClock, readTexts, StillClock } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'
import { Store, type StoreOptions } from './store.ts'

let salts = 1

function options(its: Partial<StoreOptions> = {}): StoreOptions {
  return {
    files: new SimulatedFileSystem(),
    clock: new StillClock(),
    salt: () => salts++,
    directory: '/data',
    sync: { kind: 'always' },
    segmentBytes: 1000,
    maxBytes: 10_000,
    whenFull: 'reject',
    own: () => ({ release: () => undefined }),
    ...its,
  }
}

const big = 'x'.repeat(600)

test('logs share one budget; who was refused hears of room that another made', async () => {
  const store = await Store.open(options())
  const [ingest, queue] = [await store.log('ingest'), await store.log('queues/otlp%2Fa')]
  while (ingest.hasRoom(600)) await ingest.append(aRecord(big))
  expect(await queue.append(aRecord(big))).toEqual({ kind: 'retryable', reason: 'full' })
  const { usedBytes, maxBytes, logs } = store.status()
  expect([usedBytes, maxBytes]).toEqual([ingest.status().bytes, 10_000])
  expect([...logs.keys()]).toEqual(['ingest', 'queues/otlp%2Fa'])

  const called = new Promise<void>((resolve) => queue.onRoom(resolve))
  ingest.acknowledgeBelow(3)
  await called
  expect(await queue.append(aRecord(big))).toMatchObject({ kind: 'appended' })
  await store.close()
  expect(store.status().usedBytes).toBe(0)
})

test('a log is one log however often it is asked for, and opens again after it was closed', async () => {
  const store = await Store.open(options())
  const [one, same] = await Promise.all([store.log('queues/a'), store.log('queues/a')])
  expect(one).toBe(same)
  await one.append(aRecord('kept'))
  await one.close()
  const again = await store.log('queues/a')
  expect(again).not.toBe(one)
  expect(await readTexts(again)).toEqual(['kept'])
  await store.close()
})

test('dead letters take a tenth, and make room for new ones', async () => {
  const store = await Store.open(options())
  const letters = await store.deadLetters('otlp')
  const letter = { reason: 'HTTP 400', payload: Buffer.alloc(60), receivedMs: 1, items: 3 }
  for (let at = 0; at < 20; at++) {
    expect(await letters.keep(letter)).toMatchObject({ kind: 'appended' })
  }
  const { bytes, dropped, droppedItems } = letters.log.status()
  expect(bytes).toBeLessThanOrEqual(1000)
  expect(droppedItems.full).toBe((dropped.full ?? 0) * 3)
  expect(dropped.full).toBeGreaterThan(0)
  expect(await store.deadLetters('otlp')).toBe(letters)
  await store.close()
})

test('dead letters of one destination make room for those of another', async () => {
  const store = await Store.open(options())
  const [many, few] = [await store.deadLetters('many'), await store.deadLetters('few')]
  const letter = { reason: 'HTTP 400', payload: Buffer.alloc(60), receivedMs: 1, items: 3 }
  for (let at = 0; at < 20; at++) await many.keep(letter)
  expect(await few.keep(letter)).toMatchObject({ kind: 'appended' })
  expect(few.log.status()).toMatchObject({ heldRecords: 1, dropped: {} })
  expect(store.status().usedBytes).toBeLessThanOrEqual(1000)
  await store.close()
})

test('dead letters of two destinations, both full, never wait for each other', async () => {
  const files = new SimulatedFileSystem()
  const store = await Store.open(options({ files, clock: hastyClock }))
  const letters = [await store.deadLetters('a'), await store.deadLetters('b')]
  const letter = { reason: 'HTTP 400', payload: Buffer.alloc(60), receivedMs: 1, items: 1 }
  for (let at = 0; at < 10; at++) for (const it of letters) await it.keep(letter)
  let isFailing = true
  files.faults = ({ name }) =>
    isFailing && name === 'unlink' ? { kind: 'error', code: 'EIO' } : undefined
  const answers = Array.from({ length: 10 }, () => letters.map((it) => it.keep(letter))).flat()
  await Promise.all(answers)
  isFailing = false
  await store.close()
  expect(store.status().usedBytes).toBe(0)
})

test('dead letters stay where even all of them would give too little room', async () => {
  const files = new SimulatedFileSystem()
  let freeBytes = 6500
  files.volume = async () => ({ totalBytes: 100_000, freeBytes })
  const store = await Store.open(options({ files }))
  const [many, few] = [await store.deadLetters('many'), await store.deadLetters('few')]
  const letter = { reason: 'HTTP 400', payload: Buffer.alloc(60), receivedMs: 1, items: 1 }
  for (let at = 0; at < 5; at++) await many.keep(letter)
  freeBytes = 1000
  expect(await few.keep(letter)).toEqual({ kind: 'retryable', reason: 'full' })
  expect(many.log.status()).toMatchObject({ heldRecords: 5, dropped: {} })
  await store.close()
})

test('logs that nobody opens count too', async () => {
  const files = new SimulatedFileSystem()
  const store = await Store.open(options({ files }))
  const log = await store.log('queues/gone')
  while (log.hasRoom(600)) await log.append(aRecord(big))
  const { usedBytes } = store.status()
  await store.close()

  const again = await Store.open(options({ files }))
  expect(again.status().usedBytes).toBeGreaterThanOrEqual(usedBytes)
  const ingest = await again.log('ingest')
  expect(await ingest.append(aRecord(big))).toMatchObject({ kind: 'retryable' })
  const found = await again.log('queues/gone')
  expect(again.status().usedBytes).toBe(usedBytes)
  found.acknowledgeBelow(found.nextSequence)
  await found.sync()
  expect(await ingest.append(aRecord(big))).toMatchObject({ kind: 'appended' })
  await again.close()
})

test('only queues and dead letters forget what is too old', async () => {
  const clock = new StillClock()
  const store = await Store.open(options({ clock, maxAgeMs: 1000 }))
  const [ingest, queue] = [await store.log('ingest'), await store.log('queues/a')]
  for (const log of [ingest, queue]) await log.append(aRecord('old'))
  for (let ticks = 0; ticks < 2; ticks++) {
    clock.nowMs += 5000
    clock.run()
    await queue.sync()
  }
  expect([ingest.status().heldRecords, queue.status().heldRecords]).toEqual([1, 0])
  await store.close()
})

test('on the real disk all of it is for its owner alone, and for one process', async () => {
  const directory = join(await mkdtemp(join(tmpdir(), 'store-')), 'data')
  const { own: _, ...real } = options({ files: nodeFileSystem, directory })
  const store = await Store.open(real)
  await expect(Store.open(real)).rejects.toThrow('is in use by another process')
  const log = await store.log('queues/a')
  await log.append(aRecord('x'))
  await store.snapshots().read()
  for (const it of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const { mode } = await stat(join(it.parentPath, it.name))
    expect([it.name, mode & 0o777]).toEqual([it.name, it.isDirectory() ? 0o700 : 0o600])
  }
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  await store.close()
  await (await Store.open(real)).close()
})

test('says in a sentence why a directory cannot be used', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'store-'))
  const file = join(directory, 'file')
  await writeFile(file, '')
  for (const path of [file, join(file, 'below')]) {
    await expect(Store.open(options({ files: nodeFileSystem, directory: path }))).rejects.toThrow(
      `${path} is not a directory, or lies below a file`,
    )
  }
  const files = new SimulatedFileSystem()
  files.faults = ({ name }) => (name === 'open' ? { kind: 'error', code: 'EACCES' } : undefined)
  await expect(Store.open(options({ files }))).rejects.toThrow(
    '/data is not writable: this user may not',
  )
  files.faults = ({ name }) =>
    name === 'makeDirectory' ? { kind: 'error', code: 'EACCES' } : undefined
  await expect(Store.open(options({ files }))).rejects.toThrow(
    '/data cannot be made: this user may not',
  )
  files.faults = ({ name }) => (name === 'open' ? { kind: 'error', code: 'ENOSPC' } : undefined)
  await (await Store.open(options({ files }))).close()
})
