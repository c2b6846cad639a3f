import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import type { FileSystem, OpenFile } from '../storage/file-system.ts'
import { encodeEntry, type Head, hashOf, type NewEntry } from './entry.ts'
import { type Sealed, segmentEntry, segmentName } from './segments.ts'

/** An entry and when it happened, as {@link Entry.at}. */
export interface DatedEntry extends NewEntry {
  readonly at: string
}

/** The file that is written to. */
export interface ActiveFile {
  readonly name: string
  readonly file: OpenFile
  /** `2026-11-01`: each day has files of its own. */
  readonly day: string
  /** Up to where it is safe. */
  bytes: number
  /** Over these bytes. */
  readonly hash: Hash
}

/** Where a chain goes on. */
export interface Continuation {
  readonly end: Head
  readonly active?: ActiveFile | undefined
  /** What the next file has to seal. */
  readonly previous?: Sealed | undefined
}

export interface ChainWriterOptions {
  readonly files: FileSystem
  readonly directory: string
  /** A file that has reached this is followed by a new one. */
  readonly segmentBytes: number
}

/** Writes groups of entries, each linked to the one before. */
export class ChainWriter {
  readonly #options: ChainWriterOptions
  #end: Head
  #active: ActiveFile | undefined
  #previous: Sealed | undefined

  constructor(options: ChainWriterOptions, { end, active, previous }: Continuation) {
    this.#options = options
    this.#end = end
    this.#active = active
    this.#previous = previous
  }

  /** The newest entry that is safe. */
  get end(): Head {
    return this.#end
  }

  /** Its file; `undefined` before the first write, and after a failure that ended the file. */
  get file(): string | undefined {
    return this.#active?.name
  }

  /**
   * Writes all of a group of one day and makes it safe, or leaves the chain as it was. A file whose
   * sync failed gets no more: the group goes to a new one.
   */
  async write(group: readonly DatedEntry[]): Promise<readonly Head[]> {
    const day = group[0]?.at.slice(0, 10) ?? ''
    const isDone = this.#active && this.#active.bytes >= this.#options.segmentBytes
    if (isDone || (this.#active && this.#active.day !== day)) await this.#seal()
    const isSafe = await this.#attempt(group, day)
    if (isSafe) return isSafe
    const again = await this.#attempt(group, day)
    if (again) return again
    throw new Error('the disk did not make it safe, in two files one after the other')
  }

  async close(): Promise<void> {
    await this.#active?.file.close().catch(() => undefined)
    this.#active = undefined
  }

  /** `undefined` when it was written and could not be made safe. */
  async #attempt(group: readonly DatedEntry[], day: string): Promise<readonly Head[] | undefined> {
    const active = await this.#open(day)
    const first = active.bytes === 0 && this.#previous ? segmentEntry(this.#previous) : undefined
    const dated = first ? [{ ...first, at: group[0]?.at ?? '' }, ...group] : group
    const { bytes, heads } = chained(dated, this.#end)
    try {
      await writeWhole(active.file, bytes, active.bytes)
    } catch (cause) {
      await active.file.truncate(active.bytes).catch(() => this.#seal())
      throw cause
    }
    try {
      await active.file.datasync()
    } catch {
      await active.file.truncate(active.bytes).catch(() => undefined)
      await active.file.datasync().catch(() => undefined)
      await this.#seal()
      return undefined
    }
    active.bytes += bytes.length
    active.hash.update(bytes)
    this.#end = heads.at(-1) ?? this.#end
    return first ? heads.slice(1) : heads
  }

  async #open(day: string): Promise<ActiveFile> {
    if (this.#active) return this.#active
    const { files, directory } = this.#options
    const name = segmentName(this.#end.seq + 1)
    const path = join(directory, name)
    const file = await files.open(path, 'replace')
    try {
      await files.syncDirectory(directory)
    } catch (cause) {
      await this.#forget(path, file)
      throw cause
    }
    this.#active = { name, file, day, bytes: 0, hash: createHash('sha256') }
    return this.#active
  }

  /** Ends the file; one in which nothing is safe has never been. */
  async #seal(): Promise<void> {
    if (!this.#active) return
    const { name, file, bytes, hash } = this.#active
    this.#active = undefined
    if (bytes === 0) return this.#forget(join(this.#options.directory, name), file)
    this.#previous = { name, bytes, sha256: hash.digest('hex') }
    await file.close().catch(() => undefined)
  }

  async #forget(path: string, file: OpenFile): Promise<void> {
    await file.close().catch(() => undefined)
    await this.#options.files.unlink(path).catch(() => undefined)
  }
}

function chained(group: readonly DatedEntry[], end: Head): { bytes: Buffer; heads: Head[] } {
  const lines: Buffer[] = []
  const heads: Head[] = []
  let last = end
  for (const { type, actor, body, at } of group) {
    const seq = last.seq + 1
    const bytes = encodeEntry({ seq, at, type, actor, body, prev: last.hash })
    last = { seq, hash: hashOf(bytes) }
    heads.push(last)
    lines.push(bytes, lineBreak)
  }
  return { bytes: Buffer.concat(lines), heads }
}

const lineBreak = Buffer.from('\n')

/** What a short write left over is written after it, until the system says why not. */
async function writeWhole(file: OpenFile, bytes: Uint8Array, atBytes: number): Promise<void> {
  const written = await file.write([bytes], atBytes)
  if (written === bytes.length) return
  const more = await file.write([bytes.subarray(written)], atBytes + written)
  if (written + more < bytes.length) {
    throw new Error(`wrote ${written + more} of ${bytes.length} bytes`)
  }
}
