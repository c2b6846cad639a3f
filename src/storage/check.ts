import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { recover } from './recovery.ts'
import { type Segment, segmentFile } from './segment.ts'
import { SegmentCursor } from './segment-cursor.ts'

/** What is true of one segment on disk. */
export interface SegmentCheck {
  readonly file: string
  readonly bytes: number
  /** Whole records, acknowledged ones included. */
  readonly records: number
  readonly acknowledged: number
  /** Records lost to damage. */
  readonly damaged: number
}

/**
 * Reads every byte of a log and changes nothing. A log that is running may lose segments meanwhile:
 * stop it, or check a copy.
 */
export async function checkLog(
  files: FileSystem,
  directory: string,
): Promise<readonly SegmentCheck[]> {
  const { segments } = await recover(files, directory, async () => undefined)
  const checks: SegmentCheck[] = []
  for (const segment of segments) checks.push(await checkSegment(files, directory, segment))
  return checks
}

async function checkSegment(
  files: FileSystem,
  directory: string,
  segment: Segment,
): Promise<SegmentCheck> {
  const name = segmentFile(segment.name)
  let [records, acknowledged, damaged] = [0, 0, 0]
  const file = await files.open(join(directory, name), 'read')
  try {
    const cursor = new SegmentCursor(file, segment)
    for (let it = await cursor.next(all); it && it.kind !== 'torn'; it = await cursor.next(all)) {
      if (it.kind === 'damaged') damaged += it.records
      else {
        records++
        if (segment.acknowledged.has(it.header.sequence)) acknowledged++
      }
    }
  } finally {
    await file.close()
  }
  return { file: name, bytes: segment.endBytes, records, acknowledged, damaged }
}

function all(): boolean {
  return true
}
