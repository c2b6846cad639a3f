import assert from 'node:assert/strict'
import { aLog, aRecord, StillClock } from '../log.fixture.ts'
import type { SyncPolicy } from '../log-options.ts'
import type { LogReader } from '../log-reader.ts'
import type { SegmentLog } from '../segment-log.ts'
import type { SimulatedFileSystem } from '../simulated-file-system.ts'
import { Snapshots } from '../snapshots.ts'

/** What was promised to somebody: texts that were answered, in any life. */
export interface Promised {
  readonly appended: Set<string>
}

export interface LifeOptions {
  readonly sync: SyncPolicy
  /** Groups of three records to append. */
  readonly groups: number
  /** Begins the text of each record, so that no two lives write the same. */
  readonly name: string
}

/** What one process remembers: the texts that it has folded, and where it goes on. */
class Memory {
  folded: string[] = []
  offset = 0

  encode(): Uint8Array {
    return Buffer.from(JSON.stringify(this.folded))
  }

  restore(bytes: Uint8Array, offset: number): void {
    this.folded = JSON.parse(Buffer.from(bytes).toString())
    this.offset = offset
  }
}

/**
 * One process: restores the newest snapshot, replays the log behind it, then appends in groups,
 * folds what was committed, and writes a snapshot and lets go of the log behind every second group.
 *
 * @returns the texts that it has folded, those of lives before included
 */
export async function live(
  files: SimulatedFileSystem,
  promised: Promised,
  { sync, groups, name }: LifeOptions,
): Promise<readonly string[]> {
  const memory = new Memory()
  const clock = new StillClock()
  const snapshots = new Snapshots(files, '/state')
  const found = await snapshots.read()
  assert.notEqual(found.kind, 'newer')
  if (found.kind === 'snapshot') {
    memory.restore(found.snapshot.payload, found.snapshot.offsets[0] ?? 0)
  } else assert.equal(found.kind === 'empty' && found.lost, false)
  const log = await aLog(files, { segmentBytes: 150, sync, clock })
  assert.ok(log.nextSequence >= memory.offset, 'a sequence that was folded would be used again')
  const reader = log.reader(memory.offset)
  await fold(reader, memory)
  for (let group = 0; group < groups; group++) {
    const texts = [0, 1, 2].map((it) => `${name} ${group} ${it}`)
    await Promise.all(texts.map((it) => append(log, it, promised)))
    await fold(reader, memory)
    if (group % 2 === 1) await snapshot(log, snapshots, memory)
    clock.run()
  }
  await reader.close()
  await log.close()
  return memory.folded
}

async function append(log: SegmentLog, text: string, { appended }: Promised): Promise<void> {
  const answer = await log.append(aRecord(text))
  if (answer.kind === 'appended') appended.add(text)
}

async function fold(reader: LogReader, memory: Memory): Promise<void> {
  for (let it = await reader.next(); it; it = await reader.next()) {
    memory.folded.push(Buffer.from(it.payload).toString())
    memory.offset = it.sequence + 1
  }
}

async function snapshot(log: SegmentLog, snapshots: Snapshots, memory: Memory): Promise<void> {
  await snapshots.write({ epoch: 1, offsets: [memory.offset], payload: memory.encode() })
  log.acknowledgeBelow(memory.offset)
}
