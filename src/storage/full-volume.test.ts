import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { needsSmallVolume, smallVolume } from '../../test/support/small-volume.ts'
import { machineScheduler } from '../component/scheduler.ts'
import { errorCode, nodeFileSystem } from './file-system.ts'
import { aRecord } from './log.fixture.ts'
import type { SegmentLog } from './segment-log.ts'
import { Store } from './store.ts'

const onSmallVolume = needsSmallVolume()
const megabyte = 1024 * 1024
const record = { ...aRecord(''), payload: Buffer.alloc(100 * 1024, 'x') }

let salts = 1

/** Of a size that only the volume bounds. */
function aStore(directory: string): Promise<Store> {
  return Store.open({
    files: nodeFileSystem,
    clock: machineScheduler,
    salt: () => salts++,
    directory: join(directory, 'data'),
    sync: { kind: 'always' },
    segmentBytes: 4 * megabyte,
    maxBytes: 1024 * megabyte,
    whenFull: 'reject',
  })
}

/** Appends until it is refused; how many were taken. */
async function fill(log: SegmentLog): Promise<number> {
  for (let taken = 0; ; taken++) {
    const answer = await log.append(record)
    if (answer.kind === 'appended') continue
    expect(answer).toEqual({ kind: 'retryable', reason: 'full' })
    return taken
  }
}

/** Reads all there is and acknowledges it, as a destination that has returned; how many there were. */
async function drain(log: SegmentLog): Promise<number> {
  const reader = log.reader()
  let drained = 0
  for (let it = await reader.next(); it; it = await reader.next()) {
    log.acknowledge(it.sequence)
    drained++
  }
  await reader.close()
  return drained
}

/** Until all but the newest, empty segment is unlinked. */
async function unlinked(log: SegmentLog): Promise<void> {
  while (log.status().bytes > 0) {
    await new Promise<void>((resolve) => {
      const stop = log.onRoom(() => {
        stop()
        resolve()
      })
    })
  }
}

onSmallVolume(
  'F5: a volume of 64 MB fills, drains to nothing and takes more, without a restart',
  async () => {
    using volume = smallVolume(64)
    const store = await aStore(volume.directory)
    const log = await store.log('queues/slow')
    const taken = await fill(log)
    expect(taken * record.payload.length).toBeGreaterThan(50 * megabyte)
    expect(log.hasRoom(record.payload.length)).toBe(false)
    expect(await log.append({ ...aRecord('tick'), isVital: true })).toMatchObject({
      kind: 'appended',
    })
    expect(await drain(log)).toBe(taken + 1)
    await unlinked(log)
    const { totalBytes, freeBytes } = await nodeFileSystem.volume(volume.directory)
    expect(totalBytes - freeBytes).toBeLessThan(megabyte / 4)
    expect(log.hasRoom(record.payload.length)).toBe(true)
    expect(await fill(log)).toBeGreaterThan(taken - 50)
    expect(log.status()).toMatchObject({ failedWrites: 0, failedCheckpoints: 0, dropped: {} })
    await store.close()
  },
)

onSmallVolume('F5: a volume that others filled to the last byte drains all the same', async () => {
  using volume = smallVolume(16)
  const store = await aStore(volume.directory)
  const log = await store.log('queues/slow')
  const taken = await fill(log)
  const others = await open(join(volume.directory, 'others'), 'w')
  for (let bytes = 64 * 1024; bytes > 0; ) {
    const written = await others.write(Buffer.alloc(bytes)).catch((cause: unknown) => {
      if (errorCode(cause) !== 'ENOSPC') throw cause
      return { bytesWritten: 0 }
    })
    if (written.bytesWritten < bytes) bytes >>= 1
  }
  await others.close()
  expect(await log.append({ ...record, isVital: true })).toMatchObject({
    kind: 'retryable',
  })
  expect(await drain(log)).toBe(taken)
  await unlinked(log)
  expect(await log.append(record)).toMatchObject({ kind: 'appended' })
  await store.close()
})
