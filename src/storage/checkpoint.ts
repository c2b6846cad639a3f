import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { AcknowledgedBits } from './acknowledged-set.ts'
import type { FileSystem } from './file-system.ts'
import type { Segment } from './segment.ts'

/** What was settled in one segment when the checkpoint was written. */
export interface SegmentCheckpoint extends AcknowledgedBits {
  /** Where a sealed segment ends; the greatest integer for one that was still written. */
  readonly nextSequence: number
}

export interface Checkpoint {
  readonly nextSequence: number
  readonly segments: ReadonlyMap<number, SegmentCheckpoint>
}

const fileName = 'acknowledged'
const firstLine = 'acknowledged 1'
const nothing: Checkpoint = { nextSequence: 1, segments: new Map() }

/**
 * Replaces the checkpoint. It only spares work: without it, what was settled is delivered again.
 * One line per segment: number, next sequence, low-water mark, settled
 * bits; the last line is the CRC of the rest.
 */
export async function writeCheckpoint(
  files: FileSystem,
  directory: string,
  nextSequence: number,
  segments: readonly Segment[],
): Promise<void> {
  const lines = segments.map(({ name, acknowledged, ...it }) => {
    const end = it.sealed ? it.nextSequence : Number.MAX_SAFE_INTEGER
    const { lowWater, bits } = acknowledged.encode()
    return [name.number, end, lowWater, Buffer.from(bits).toString('base64')].join(' ')
  })
  const text = [firstLine, nextSequence, ...lines].join('\n')
  const path = join(directory, fileName)
  const file = await files.open(`${path}.new`, 'replace')
  try {
    const bytes = Buffer.from(`${text}\n${crc32(text)}`)
    const written = await file.write([bytes], 0)
    if (written < bytes.length) throw new Error(`wrote ${written} of ${bytes.length} bytes`)
    await file.datasync()
  } finally {
    await file.close()
  }
  await files.rename(`${path}.new`, path)
  await files.syncDirectory(directory)
}

/** The checkpoint of a directory; an empty one where there is none or it is damaged. */
export async function readCheckpoint(files: FileSystem, directory: string): Promise<Checkpoint> {
  const text = await readWhole(files, join(directory, fileName))
  const end = text.lastIndexOf('\n')
  if (end < 0 || String(crc32(text.slice(0, end))) !== text.slice(end + 1)) return nothing
  const [first, nextSequence, ...lines] = text.slice(0, end).split('\n')
  if (first !== firstLine) return nothing
  return { nextSequence: Number(nextSequence), segments: new Map(lines.map(parseLine)) }
}

function parseLine(line: string): readonly [number, SegmentCheckpoint] {
  const [number, nextSequence, lowWater, bits = ''] = line.split(' ')
  const settled = { lowWater: Number(lowWater), bits: Buffer.from(bits, 'base64') }
  return [Number(number), { nextSequence: Number(nextSequence), ...settled }]
}

async function readWhole(files: FileSystem, path: string): Promise<string> {
  try {
    const bytes = Buffer.alloc(await files.sizeBytes(path))
    const file = await files.open(path, 'read')
    await file.read(bytes, 0).finally(() => file.close())
    return bytes.toString()
  } catch {
    return ''
  }
}
