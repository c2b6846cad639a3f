import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import type { Entry, NewEntry } from './entry.ts'

const pattern = /^\d{12,16}\.jsonl$/

/** The file whose first entry is `seq`. */
export function segmentName(seq: number): string {
  return `${String(seq).padStart(12, '0')}.jsonl`
}

/** The place of a file's first entry. */
export function firstSeqOf(name: string): number {
  return Number.parseInt(name, 10)
}

/** The files of a log, oldest first. */
export async function segmentNames(files: FileSystem, directory: string): Promise<string[]> {
  const names = (await files.readDirectory(directory)).filter((it) => pattern.test(it))
  return names.sort((a, b) => firstSeqOf(a) - firstSeqOf(b))
}

/** A file that nothing will be added to. */
export interface Sealed {
  readonly name: string
  /** What counts of it; what lies behind was never said to be written. */
  readonly bytes: number
  /** SHA-256 of these bytes, in hex. */
  readonly sha256: string
}

/** The type of the entry that begins every file but the first and seals the one before. */
export const segmentType = 'audit.segment'

/**
 * The first entry of a file, an entry of the chain like all others: it names the file before, and
 * says how long that was and what its bytes came to.
 */
export function segmentEntry({ name, bytes, sha256 }: Sealed): NewEntry {
  return { type: segmentType, actor: 'system', body: { previous: name, bytes, sha256 } }
}

/** What a file's first entry says about the file before; `undefined` where it says nothing. */
export function sealedBy({ type, body }: Entry): Sealed | undefined {
  const { previous, bytes, sha256 } = body
  if (type !== segmentType || typeof previous !== 'string') return undefined
  if (typeof bytes !== 'number' || typeof sha256 !== 'string') return undefined
  return { name: previous, bytes, sha256 }
}

/** A whole file, as it lies there, sealed. */
export async function sealedAsFound(
  files: FileSystem,
  directory: string,
  name: string,
): Promise<Sealed> {
  const file = await files.open(join(directory, name), 'read')
  const [hash, chunk] = [createHash('sha256'), Buffer.alloc(256 * 1024)]
  let bytes = 0
  try {
    for (;;) {
      const got = await file.read(chunk, bytes)
      hash.update(chunk.subarray(0, got))
      bytes += got
      if (got < chunk.length) return { name, bytes, sha256: hash.digest('hex') }
    }
  } finally {
    await file.close().catch(() => undefined)
  }
}
