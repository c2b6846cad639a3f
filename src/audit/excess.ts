import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import { decodeEntry, encodeEntry, type Head, hashOf } from './entry.ts'
import { linesOf } from './lines.ts'
import type { Scan } from './scan.ts'
import { sealedBy } from './segments.ts'

/** What lies in a file behind where the next file seals it. */
export interface Excess {
  readonly file: string
  readonly fromBytes: number
  readonly bytes: number
  /** Whether a failed sync and a crash can have left it; anything else was added. */
  readonly isTorn: boolean
}

/**
 * A group whose sync failed is written again, to the next file, and after a crash may still be in
 * the first one: the same entries but for their place in the chain, whole or in part.
 *
 * @param next the newest file, which seals the one called `file`
 */
export async function excessOf(
  files: FileSystem,
  directory: string,
  file: string,
  next: Scan,
  head: Head,
): Promise<Excess | undefined> {
  const sealed = next.first && sealedBy(next.first)
  if (!next.first || sealed?.name !== file) return undefined
  const path = join(directory, file)
  const bytes = (await files.sizeBytes(path)) - sealed.bytes
  if (bytes <= 0) return undefined
  const rest = new Rest(files, path, sealed.bytes)
  let isSame = true
  for await (const expected of writtenAgain(files, directory, next)) {
    isSame &&= await rest.isLike(expected)
    if (!isSame || rest.isOver) break
  }
  // Where nobody was told of the next file's first group, all of that may be lost.
  const isTorn = isSame && (rest.isOver || head.seq < next.first.seq || (await rest.isZeros()))
  return { file, fromBytes: sealed.bytes, bytes, isTorn }
}

/** Makes a file end where it is sealed; whether it does. */
export async function cutOff(
  files: FileSystem,
  directory: string,
  { file, fromBytes }: Excess,
): Promise<boolean> {
  try {
    const opened = await files.open(join(directory, file), 'update')
    try {
      await opened.truncate(fromBytes)
      await opened.datasync()
      return true
    } finally {
      await opened.close().catch(() => undefined)
    }
  } catch {
    // The next start tries again.
    return false
  }
}

/** The lines of a file, its seal left out, as they would follow in the file before. */
async function* writtenAgain(
  files: FileSystem,
  directory: string,
  { name, first, goodBytes }: Scan,
): AsyncGenerator<Buffer> {
  if (!first) return
  let [seq, prev] = [first.seq, first.prev]
  for await (const { bytes, number, endBytes } of linesOf(files, join(directory, name))) {
    const entry = endBytes <= goodBytes ? decodeEntry(bytes) : 'is not good'
    if (typeof entry === 'string') return
    if (number === 1) continue
    const line = encodeEntry({ ...entry, seq: seq++, prev })
    prev = hashOf(line)
    yield Buffer.concat([line, Buffer.from('\n')])
  }
}

/** What is left of a file from some place on. */
class Rest {
  readonly #files: FileSystem
  readonly #path: string
  #at: number
  isOver = false

  constructor(files: FileSystem, path: string, fromBytes: number) {
    this.#files = files
    this.#path = path
    this.#at = fromBytes
  }

  /** Whether what comes next is this, as far as it goes; what was lost of it reads as zeros. */
  async isLike(expected: Uint8Array): Promise<boolean> {
    const found = await this.#next(expected.length)
    return found.every((it, at) => it === 0 || it === expected[at])
  }

  async isZeros(): Promise<boolean> {
    while (!this.isOver) {
      const found = await this.#next(2 ** 16)
      if (found.some((it) => it !== 0)) return false
    }
    return true
  }

  async #next(bytes: number): Promise<Buffer> {
    const file = await this.#files.open(this.#path, 'read')
    try {
      const found = Buffer.alloc(bytes)
      const got = await file.read(found, this.#at)
      this.#at += got
      this.isOver = this.#at >= (await this.#files.sizeBytes(this.#path))
      return found.subarray(0, got)
    } finally {
      await file.close().catch(() => undefined)
    }
  }
}
