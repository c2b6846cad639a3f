import { expect, test } from 'vitest'
import { checkLog } from './check.ts'
import { checkStore } from './check-store.ts'
import { aLog, aRecord, bytesOf, directory, replace, StillClock } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'
import { Store } from './store.ts'

const received = { receivedMs: 5000, items: 3 }

test('counts records, acknowledged and damaged ones, and bytes, for each segment', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 150 })
  for (const text of ['a', 'b', 'c', 'd', 'e']) {
    await log.append({ ...aRecord(text), ...received })
  }
  log.acknowledge(2)
  await log.close()
  const [first = ''] = await files.readDirectory(directory)
  const bytes = await bytesOf(files, `${directory}/${first}`)
  bytes[40] = 0
  await replace(files, `${directory}/${first}`, bytes)
  const before = files.calls

  expect(await checkLog(files, directory)).toEqual([
    {
      file: first,
      bytes: 123,
      records: 2,
      acknowledged: 1,
      damaged: 1,
      heldItems: 3,
      oldestMs: 5000,
      error: undefined,
    },
    expect.objectContaining({ bytes: 82, records: 2, acknowledged: 0, damaged: 0, heldItems: 6 }),
  ])
  expect(files.calls).toBeGreaterThan(before)
})

test('a segment that cannot be read is damaged, and the others are still looked at', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 100 })
  for (const text of ['a', 'b', 'c', 'd', 'e']) await log.append(aRecord(text))
  await log.close()
  const [first = ''] = [...(await files.readDirectory(directory))].sort()
  files.faults = ({ name, path }) =>
    name === 'read' && path.endsWith(first) ? { kind: 'error', code: 'EIO' } : undefined
  expect(await checkLog(files, directory)).toMatchObject([
    { records: 0, damaged: 1, error: expect.stringContaining('EIO') },
    { records: 2, damaged: 0 },
    { records: 1, damaged: 0 },
  ])
})

test('finds every log of a store and both snapshots, also while it runs, and writes nothing', async () => {
  const files = new SimulatedFileSystem()
  const store = await Store.open({
    files,
    clock: new StillClock(),
    salt: () => 7,
    directory: '/data',
    sync: { kind: 'always' },
    segmentBytes: 1000,
    maxBytes: 100_000,
    whenFull: 'reject',
    own: () => ({ release: () => undefined }),
  })
  const log = await store.log('ingest')
  await log.append(aRecord('a'))
  await (await store.log('queues/otlp%2Fa')).append(aRecord('b'))
  const letters = await store.deadLetters('otlp%2Fa')
  await letters.keep({ reason: 'no', payload: Buffer.from('c'), ...received })
  await store.snapshots().read()
  await store.snapshots().write({ epoch: 1, offsets: [1], payload: Buffer.from('state') })
  const path = `/data/state/${(await files.readDirectory('/data/state'))[0]}`
  const bytes = await bytesOf(files, path)
  bytes[40] = (bytes[40] ?? 0) ^ 1
  await replace(files, path, bytes)

  const writes: string[] = []
  files.faults = ({ name }) => {
    if (!/^(open|read|close|sizeBytes|readDirectory|subdirectories)$/.test(name)) writes.push(name)
    return undefined
  }
  const { logs, snapshots } = await checkStore(files, '/data')
  expect(logs.map(({ name, segments }) => [name, segments[0]?.records])).toEqual([
    ['dead-letters/otlp%2Fa', 1],
    ['ingest', 1],
    ['queues/otlp%2Fa', 1],
  ])
  expect(snapshots).toMatchObject([{ isDamaged: true, generation: undefined }])
  expect(writes).toEqual([])
  await store.close()
})
