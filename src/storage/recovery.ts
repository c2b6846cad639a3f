import { join } from 'node:path'
import { AcknowledgedSet } from './acknowledged-set.ts'
import { readCheckpoint } from './checkpoint.ts'
import type { FileSystem } from './file-system.ts'
import { headerBytes } from './record.ts'
import { parseSegmentFile, Segment, type SegmentName, segmentFile } from './segment.ts'
import { type Damage, SegmentCursor } from './segment-cursor.ts'

/**
 * Where groups are not synced, readers may have seen records that a power loss took; a start skips
 * this many sequences, so that what comes next is not mistaken for them.
 */
export const skippedSequences = 2 ** 20

/** What a directory holds at start; every segment in it is sealed. */
export interface Recovered {
  readonly segments: readonly Segment[]
  readonly nextSequence: number
  readonly nextNumber: number
}

/** Told of bytes that hold no record; may copy them before they go. */
export type OnDamage = (segment: Segment, damage: Damage) => Promise<void>

/**
 * Finds the segments of a directory by their names. Only the newest is read, to learn where it
 * ends; a record of an older one that a newer segment also claims was written again there.
 */
export async function recover(
  files: FileSystem,
  directory: string,
  onDamage: OnDamage,
): Promise<Recovered> {
  const checkpoint = await readCheckpoint(files, directory)
  const names = await segmentNames(files, directory)
  const segments: Segment[] = []
  for (const [at, name] of names.entries()) {
    const known = checkpoint.segments.get(name.number)
    const segment = new Segment(name, new AcknowledgedSet(name.base, known))
    const following = names[at + 1]?.base ?? Number.MAX_SAFE_INTEGER
    segment.endBytes = await files.sizeBytes(join(directory, segmentFile(name)))
    segment.nextSequence = Math.min(following, known?.nextSequence ?? following)
    segment.sealed = true
    segments.push(segment)
  }
  const newest = segments.at(-1)
  if (newest) await end(files, directory, newest, onDamage)
  return {
    segments,
    nextSequence: Math.max(checkpoint.nextSequence, newest?.nextSequence ?? 1),
    nextNumber: (newest?.name.number ?? 0) + 1,
  }
}

/** Segments in a directory, oldest first. */
export async function segmentNames(
  files: FileSystem,
  directory: string,
): Promise<readonly SegmentName[]> {
  const names = (await files.readDirectory(directory)).map(parseSegmentFile)
  return names.filter((it) => it !== undefined).sort((a, b) => a.number - b.number)
}

/**
 * Where the newest segment ends. One that the disk does not give back may hold as many records as
 * fit: their sequences must not be used again.
 */
async function end(
  files: FileSystem,
  directory: string,
  segment: Segment,
  onDamage: OnDamage,
): Promise<void> {
  const { endBytes } = segment
  try {
    await findEnd(files, directory, segment, onDamage)
  } catch {
    segment.endBytes = endBytes
    segment.nextSequence = segment.name.base + Math.floor(endBytes / headerBytes)
  }
}

/** Reads the newest segment, payloads too: its last writes may have been cut by the crash. */
async function findEnd(
  files: FileSystem,
  directory: string,
  segment: Segment,
  onDamage: OnDamage,
): Promise<void> {
  const found = { endBytes: 0, nextSequence: segment.name.base }
  // A checkpoint may be older than the last record of the segment it was written for.
  segment.nextSequence = Number.MAX_SAFE_INTEGER
  const damages = await walk(files, directory, segment, ({ atBytes, header }) => {
    found.endBytes = atBytes + headerBytes + header.payloadBytes
    found.nextSequence = header.sequence + 1
  })
  const last = damages.at(-1)
  if (last && last.toBytes > found.endBytes) {
    found.endBytes = last.toBytes
    // Nobody knows how many records were here; their sequences must not be used again.
    const lost = 1 + Math.floor((last.toBytes - last.fromBytes) / headerBytes)
    for (let at = 0; at < lost; at++) segment.acknowledged.add(found.nextSequence++)
  }
  segment.endBytes = found.endBytes
  segment.nextSequence = found.nextSequence
  for (const damage of damages) await onDamage(segment, damage)
}

async function walk(
  files: FileSystem,
  directory: string,
  segment: Segment,
  onRecord: (found: {
    readonly atBytes: number
    readonly header: { readonly payloadBytes: number; readonly sequence: number }
  }) => void,
): Promise<readonly Damage[]> {
  const damages: Damage[] = []
  const file = await files.open(join(directory, segmentFile(segment.name)), 'read')
  try {
    const cursor = new SegmentCursor(file, segment)
    for (;;) {
      const found = await cursor.next(() => true)
      if (!found || found.kind === 'torn') return damages
      if (found.kind === 'record') onRecord(found)
      else damages.push(found)
    }
  } finally {
    await file.close()
  }
}
