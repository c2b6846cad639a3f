import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { headerBytes } from './record.ts'
import { type OnDamage, skippedSequences } from './recovery.ts'
import { type Segment, segmentFile } from './segment.ts'
import { SegmentCursor } from './segment-cursor.ts'
import type { Segments } from './segments.ts'

/**
 * Looks through a sealed segment, headers only, so that it is known what it holds, and where it
 * ends. A segment that cannot be read stays as it is; its reader will say why.
 */
export async function explore(
  { files, directory }: { readonly files: FileSystem; readonly directory: string },
  segments: Segments,
  segment: Segment,
  onLoss: { readonly onDamage: OnDamage; readonly onMissing: (records: number) => void },
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
      if (found.kind === 'damaged') await onLoss.onDamage(segment, found)
      else segments.change(segment, () => know(segment, found.header))
    }
    // A start may have skipped that many sequences behind it; those never were.
    onLoss.onMissing(segment.unsettledFrom(cursor.expected) % skippedSequences)
    segments.change(segment, () => segment.endAt(cursor.expected))
  } catch {
    // The disk failed, not the record: nothing is settled.
  } finally {
    await file.close().catch(() => undefined)
  }
}

function know(
  segment: Segment,
  header: {
    readonly sequence: number
    readonly payloadBytes: number
    readonly items: number
    readonly receivedMs: number
  },
): void {
  segment.know(header.sequence, { ...header, sizeBytes: headerBytes + header.payloadBytes })
}
