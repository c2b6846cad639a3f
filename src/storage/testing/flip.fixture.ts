import assert from 'node:assert/strict'
import { aLog, aRecord, bytesOf, directory, readAll, replace } from '../log.fixture.ts'
import { headerBytes } from '../record.ts'
import { SimulatedFileSystem } from '../simulated-file-system.ts'
import { Snapshots } from '../snapshots.ts'
import { aDiskWith, aSegmentOf, textsOf } from './one-segment.fixture.ts'

/**
 * Flips each byte of a segment. Throws unless the damaged record alone is lost, counted once and
 * kept for people, the log takes more, and lets all go when it is acknowledged.
 *
 * @param bytes of each payload
 * @param isOld whether a newer segment follows it; else it is the newest
 * @returns the number of flips
 */
export async function flipEverywhere(its: {
  readonly records: number
  readonly bytes: number
  readonly isOld?: boolean
}): Promise<number> {
  const texts = textsOf(its)
  const { path, content } = await aSegmentOf(texts)
  for (let at = 0; at < content.length; at++) {
    const files = await aDiskWith(path, flipped(content, at))
    const following = `0000000002-${String(texts.length + 1).padStart(16, '0')}-00000000.segment`
    if (its.isOld) await replace(files, `${directory}/${following}`, new Uint8Array())
    const hit = Math.floor(at / (headerBytes + its.bytes))
    const kept = texts.filter((_, record) => record !== hit)
    await check(files, kept, `flip at ${at}`)
  }
  return content.length
}

async function check(files: SimulatedFileSystem, kept: string[], what: string): Promise<void> {
  const log = await aLog(files)
  const found = await readAll(log)
  const texts = found.map(({ payload }) => Buffer.from(payload).toString())
  assert.deepEqual(texts, kept, what)
  await log.verified
  const { damagedRecords, dropped, heldRecords, heldItems } = log.status()
  assert.deepEqual([damagedRecords, dropped], [1, { damaged: 1 }], what)
  assert.deepEqual([heldRecords, heldItems], [kept.length, kept.length], what)
  assert.equal((await files.readDirectory(`${directory}/quarantine`)).length, 1, what)
  const appended = await log.append(aRecord('more'))
  assert.equal(appended.kind, 'appended', what)
  for (const { sequence } of await readAll(log)) log.acknowledge(sequence)
  await log.close()
  assert.equal(log.status().bytes, 0, what)
}

/**
 * Flips each byte of the newest of two snapshots. Throws unless the one before comes back.
 *
 * @param bytes of the payload
 * @returns the number of flips
 */
export async function flipSnapshotEverywhere({ bytes }: { bytes: number }): Promise<number> {
  const files = new SimulatedFileSystem()
  const snapshots = new Snapshots(files, '/state')
  await snapshots.read()
  for (const epoch of [1, 2]) {
    await snapshots.write({ epoch, offsets: [epoch], payload: Buffer.alloc(bytes, epoch) })
  }
  const path = '/state/snapshot-a'
  const content = await bytesOf(files, path)
  for (let at = 0; at < content.length; at++) {
    await replace(files, path, flipped(content, at))
    const found = await new Snapshots(files, '/state').read()
    assert.equal(found.kind === 'snapshot' && found.snapshot.epoch, 1, `flip at ${at}`)
  }
  return content.length
}

function flipped(content: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(content)
  changed[at] = (changed[at] ?? 0) ^ 0xff
  return changed
}
