import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import { decodeEntry, type Entry, type Head, hashOf } from './entry.ts'
import { linesOf } from './lines.ts'
import { firstSeqOf } from './segments.ts'

/** What a file holds up to the first line that does not continue its chain. */
export interface Scan {
  readonly name: string
  readonly sizeBytes: number
  readonly goodBytes: number
  /** Over the good bytes. */
  readonly hash: Hash
  readonly first?: Entry
  readonly last?: Entry
  /** The last good entry. */
  readonly end?: Head
  /** The newest that can still be read behind the first bad line. */
  readonly beyond?: Head
  /** Whether the entry that the head file names is here with another hash. */
  readonly contradictsHead: boolean
}

/** Reads a whole file once; what came before its first entry is not looked at. */
export async function scan(
  files: FileSystem,
  directory: string,
  name: string,
  head: Head | undefined,
): Promise<Scan> {
  const path = join(directory, name)
  const found = { goodBytes: 0, hash: createHash('sha256'), contradictsHead: false }
  let [first, last, end, beyond, isGood]: [Entry?, Entry?, Head?, Head?, boolean?] = []
  isGood = true
  for await (const { bytes, endBytes, hasBreak } of linesOf(files, path)) {
    const entry = hasBreak ? decodeEntry(bytes) : 'is cut off'
    const hash = hashOf(bytes)
    if (typeof entry !== 'string' && entry.seq === head?.seq && hash !== head.hash) {
      found.contradictsHead = true
    }
    isGood &&= typeof entry !== 'string' && continues(entry, end ?? firstOf(name, entry))
    if (typeof entry === 'string') continue
    if (!isGood) {
      beyond = { seq: entry.seq, hash }
      continue
    }
    first ??= entry
    last = entry
    end = { seq: entry.seq, hash }
    found.goodBytes = endBytes
    found.hash.update(bytes).update('\n')
  }
  const sizeBytes = await files.sizeBytes(path)
  return {
    name,
    sizeBytes,
    ...found,
    ...(first && { first }),
    ...(last && { last }),
    ...(end && { end }),
    ...(beyond && { beyond }),
  }
}

function continues({ seq, prev }: Entry, before: Head): boolean {
  return seq === before.seq + 1 && prev === before.hash
}

/** The file's name says with which entry it begins; what that follows, another file says. */
function firstOf(name: string, { prev }: Entry): Head {
  return { seq: firstSeqOf(name) - 1, hash: prev }
}
