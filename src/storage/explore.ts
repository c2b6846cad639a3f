import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'
import type { OnDamage } from './recovery.ts'
import { type Segment, segmentFile } from './segment.ts'
import { SegmentCursor } from './segment-cursor.ts'

/**
 * Looks through a sealed segment, headers only, and settles sequences that are not in it. A
 * segment that cannot be read stays as it is; its reader will say why.
 */
export async function explore(
  files: FileSystem,
  directory: string,
  segment: Segment,
  onDamage: OnDamage,
): Promise<void> {
  const file = await files
    .open(join(directory, segmentFile(segment.name)), 'read')
    .catch(() => undefined)
  if (!file) return
  try {
    const cursor = new SegmentCursor(file, segment)
    for (;;) {
      const found = await cursor.next(() => false)
      if (!found || found.kind === 'torn') break
      if (found.kind === 'damaged') await onDamage(segment, found)
    }
    for (let at = cursor.expected; at < segment.nextSequence; at++) segment.acknowledged.add(at)
  } catch {
    // The disk failed, not the record: nothing is settled.
  } finally {
    await file.close().catch(() => undefined)
  }
}
