import { join } from 'node:path'
import { errorCode, type FileSystem, type OpenFile } from './file-system.ts'
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
  /** Records lost to damage; one at least where the file cannot be read. */
  readonly damaged: number
  /** Of whole records that nobody has acknowledged. */
  readonly heldItems: number
  /** When the oldest of these was received. */
  readonly oldestMs: number | undefined
  /** Why the system did not read it to its end. */
  readonly error: string | undefined
}

/** How often a log is listed anew whose segments go while they are listed. */
const attempts = 5

/**
 * Reads every byte of a log and changes nothing. What a running log unlinks meanwhile is left out;
 * what it acknowledged since its last checkpoint counts as held.
 */
export async function checkLog(
  files: FileSystem,
  directory: string,
): Promise<readonly SegmentCheck[]> {
  const checks: SegmentCheck[] = []
  for (const segment of await found(files, directory, attempts)) {
    const file = await openIfThere(files, join(directory, segmentFile(segment.name)))
    if (file === undefined) continue
    checks.push(await checkSegment(file, segment).finally(() => file.close()))
  }
  return checks
}

async function found(
  files: FileSystem,
  directory: string,
  left: number,
): Promise<readonly Segment[]> {
  try {
    const { segments } = await recover(files, directory, async () => undefined)
    return segments
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT' || left === 1) throw cause
    return found(files, directory, left - 1)
  }
}

async function openIfThere(files: FileSystem, path: string): Promise<OpenFile | undefined> {
  try {
    return await files.open(path, 'read')
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined
    throw cause
  }
}

async function checkSegment(file: OpenFile, segment: Segment): Promise<SegmentCheck> {
  let [records, acknowledged, damaged, heldItems] = [0, 0, 0, 0]
  let oldestMs: number | undefined
  let error: string | undefined
  const cursor = new SegmentCursor(file, segment)
  try {
    for (let it = await cursor.next(all); it && it.kind !== 'torn'; it = await cursor.next(all)) {
      if (it.kind === 'damaged') {
        damaged += it.records
        continue
      }
      records++
      if (segment.acknowledged.has(it.header.sequence)) acknowledged++
      else {
        heldItems += it.header.items
        oldestMs ??= it.header.receivedMs
      }
    }
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause)
    damaged++
  }
  const { endBytes: bytes, name } = segment
  return {
    file: segmentFile(name),
    bytes,
    records,
    acknowledged,
    damaged,
    heldItems,
    oldestMs,
    error,
  }
}

function all(): boolean {
  return true
}
