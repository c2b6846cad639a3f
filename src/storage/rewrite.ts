import { join } from 'node:path'
import type { FileSystem, OpenFile } from './file-system.ts'
import { encodeHeader, headerBytes } from './record.ts'
import { Segment, type SegmentName, segmentFile } from './segment.ts'
import { SegmentCursor } from './segment-cursor.ts'

const unfinished = '.unfinished'

/** Where a segment was still safe. */
export interface SafeEnd {
  readonly bytes: number
  readonly sequence: number
}

/**
 * Writes again, in a segment of its own, what a failed sync left in doubt: the system may have
 * given up pages that it still shows. The new file takes its name only when all of it is safe.
 *
 * @returns how long it is
 */
export async function rewrite(
  { files, directory }: { readonly files: FileSystem; readonly directory: string },
  doubtful: Segment,
  safe: SafeEnd,
  name: SegmentName,
): Promise<number> {
  const path = join(directory, segmentFile(name))
  const newPath = join(directory, `${name.number}${unfinished}`)
  const from = await files.open(join(directory, segmentFile(doubtful.name)), 'read')
  try {
    const to = await files.open(newPath, 'replace')
    try {
      const bytes = await copy(new SegmentCursor(from, doubtful), safe.sequence, to, name.salt)
      await to.datasync()
      await files.rename(newPath, path)
      await files.syncDirectory(directory)
      return bytes
    } catch (cause) {
      for (const it of [newPath, path]) await files.unlink(it).catch(() => undefined)
      throw cause
    } finally {
      await to.close().catch(() => undefined)
    }
  } finally {
    await from.close().catch(() => undefined)
  }
}

/** Removes files that a crash kept from taking their name. */
export async function removeUnfinished(files: FileSystem, directory: string): Promise<void> {
  for (const name of await files.readDirectory(directory)) {
    if (!name.endsWith(unfinished)) continue
    await files.unlink(join(directory, name)).catch(() => undefined)
  }
}

/** What is known of the doubtful segment goes over to the new one, from the safe end on. */
export function takeOver(
  doubtful: Segment,
  safe: SafeEnd,
  name: SegmentName,
  endBytes: number,
): Segment {
  const segment = new Segment(name)
  segment.endBytes = endBytes
  segment.nextSequence = doubtful.nextSequence
  for (let sequence = safe.sequence; sequence < doubtful.nextSequence; sequence++) {
    if (doubtful.acknowledged.has(sequence)) segment.acknowledge(sequence)
    const known = doubtful.records.get(sequence - doubtful.name.base)
    if (known) segment.know(sequence, known)
  }
  segment.seal()
  return segment
}

async function copy(
  cursor: SegmentCursor,
  firstSequence: number,
  to: OpenFile,
  salt: number,
): Promise<number> {
  let at = 0
  for (;;) {
    const found = await cursor.next((sequence) => sequence >= firstSequence)
    if (!found) return at
    if (found.kind !== 'record') throw new Error('what was not synced cannot be read again')
    if (!found.payload) continue
    const bytes = headerBytes + found.payload.length
    const written = await to.write([encodeHeader(found.header, salt), found.payload], at)
    if (written < bytes) throw new Error(`wrote ${written} of ${bytes} bytes`)
    at += bytes
  }
}
