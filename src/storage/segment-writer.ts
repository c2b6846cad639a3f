import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { FileSystem, OpenFile } from './file-system.ts'
import { encodeHeader, headerBytes } from './record.ts'
import { rewrite, type SafeEnd, takeOver } from './rewrite.ts'
import { Segment, segmentFile } from './segment.ts'
import type { Segments } from './segments.ts'

/** What an owner appends. */
export interface NewRecord {
  /** Whole, or in parts that are written one behind the other and not joined before. */
  readonly payload: Uint8Array | readonly Uint8Array[]
  /** Milliseconds since the Unix epoch. */
  readonly receivedMs: number
  readonly items: number
  /** 16 bits of the owner's. */
  readonly flags?: number
  /** May use the room that is kept free: for small records that help a full disk to drain. */
  readonly isVital?: boolean
}

export interface WriterOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly segmentBytes: number
  /** Sync every group before it counts as written. */
  readonly syncsGroups: boolean
  /** A new random 32-bit number. */
  readonly salt: () => number
  readonly segments: Segments
}

export function partsOf({ payload }: NewRecord): readonly Uint8Array[] {
  return payload instanceof Uint8Array ? [payload] : payload
}

/** With its header. */
export function sizeOf(record: NewRecord): number {
  return partsOf(record).reduce((sum, it) => sum + it.length, headerBytes)
}

/** What the system takes in one `writev`. */
const maxParts = 1024

/** Writes groups of records to the one segment that is open for writing. */
export class SegmentWriter {
  readonly #options: WriterOptions
  #active: { readonly segment: Segment; readonly file: OpenFile } | undefined
  #nextSequence: number
  #nextNumber: number
  #dirty = false
  /** Of the active segment, as far as it was synced. */
  #safe: SafeEnd = { bytes: 0, sequence: 0 }

  constructor(options: WriterOptions, nextSequence: number, nextNumber: number) {
    this.#options = options
    this.#nextSequence = nextSequence
    this.#nextNumber = nextNumber
  }

  get nextSequence(): number {
    return this.#nextSequence
  }

  get active(): Segment | undefined {
    return this.#active?.segment
  }

  /** Whether something written could still be lost with the power. */
  get dirty(): boolean {
    return this.#dirty
  }

  /**
   * Writes all of a group or, as far as a restart can tell, none of it.
   *
   * @returns the sequence of the first record
   */
  async write(group: readonly NewRecord[]): Promise<number> {
    const bytes = group.reduce((sum, it) => sum + sizeOf(it), 0)
    const used = this.active?.endBytes ?? 0
    if (used > 0 && used + bytes > this.#options.segmentBytes) await this.seal()
    await this.#writeOnce(group)
    if (this.#options.syncsGroups) await this.#syncGroup(group)
    return this.#commit(group, bytes)
  }

  /**
   * Syncs what is dirty. After a failure the segment is sealed, for its pages may be gone, and what
   * is in doubt is written again.
   */
  async sync(): Promise<void> {
    if (!this.#dirty || !this.#active) return
    const { file, segment } = this.#active
    this.#dirty = false
    try {
      await file.datasync()
      this.#safe = { bytes: segment.endBytes, sequence: segment.nextSequence }
    } catch {
      segment.unsafe = true
      await this.#abandon()
      await this.#rewrite(segment, this.#safe)
    }
  }

  /** Ends the open segment; the next group begins a new one. */
  async seal(): Promise<void> {
    try {
      await this.sync()
    } finally {
      await this.#abandon()
    }
  }

  /** Begins a new, empty segment, so that all others may go. */
  async begin(): Promise<void> {
    if (this.#active) await this.seal()
    await this.#open()
  }

  async #rewrite(doubtful: Segment, safe: SafeEnd): Promise<void> {
    const { segments, salt } = this.#options
    const name = { number: this.#nextNumber++, base: safe.sequence, salt: salt() }
    const bytes = await rewrite(this.#options, doubtful, safe, name)
    const segment = takeOver(doubtful, safe, name, bytes)
    segments.change(doubtful, () => {
      doubtful.endAt(safe.sequence)
      doubtful.endBytes = safe.bytes
    })
    doubtful.unsafe = false
    segments.add(segment)
  }

  async #writeOnce(group: readonly NewRecord[]): Promise<void> {
    const { file, segment } = await this.#open()
    try {
      await writeWhole(file, this.#encode(group, segment.name.salt), segment.endBytes)
    } catch (cause) {
      await file.truncate(segment.endBytes).catch(() => this.#abandon())
      throw cause
    }
  }

  /** A failed sync is never tried again on the same file: the group is written to a new one. */
  async #syncGroup(group: readonly NewRecord[]): Promise<void> {
    try {
      await this.#active?.file.datasync()
    } catch {
      await this.#abandon()
      await this.#writeOnce(group)
      try {
        await this.#active?.file.datasync()
      } catch (cause) {
        await this.#abandon()
        throw cause
      }
    }
  }

  #commit(group: readonly NewRecord[], bytes: number): number {
    const first = this.#nextSequence
    this.#nextSequence += group.length
    this.#dirty = !this.#options.syncsGroups
    const segment = this.#active?.segment
    if (!segment) return first
    this.#options.segments.change(segment, () => {
      segment.nextSequence = this.#nextSequence
      segment.endBytes += bytes
      for (const [at, record] of group.entries()) {
        segment.know(first + at, { ...record, sizeBytes: sizeOf(record) })
      }
    })
    return first
  }

  async #open() {
    if (this.#active) return this.#active
    const { files, directory, salt } = this.#options
    const name = { number: this.#nextNumber++, base: this.#nextSequence, salt: salt() }
    const path = join(directory, segmentFile(name))
    const file = await files.open(path, 'create')
    try {
      await files.syncDirectory(directory)
    } catch (cause) {
      await file.close().catch(() => undefined)
      await files.unlink(path).catch(() => undefined)
      throw cause
    }
    const segment = new Segment(name)
    this.#active = { file, segment }
    this.#safe = { bytes: 0, sequence: name.base }
    this.#dirty = false
    this.#options.segments.add(segment)
    return this.#active
  }

  async #abandon(): Promise<void> {
    const active = this.#active
    this.#active = undefined
    this.#dirty = false
    if (!active) return
    active.segment.seal()
    await active.file.close().catch(() => undefined)
  }

  #encode(group: readonly NewRecord[], salt: number): readonly Uint8Array[] {
    return group.flatMap((record, at) => {
      const { receivedMs, items, flags = 0 } = record
      const parts = partsOf(record)
      const payloadBytes = sizeOf(record) - headerBytes
      const payloadCrc = parts.reduce((crc, it) => crc32(it, crc), 0)
      const sequence = this.#nextSequence + at
      const header = { sequence, receivedMs, items, flags, payloadBytes, payloadCrc }
      return [encodeHeader(header, salt), ...parts]
    })
  }
}

async function writeWhole(
  file: OpenFile,
  parts: readonly Uint8Array[],
  atBytes: number,
): Promise<void> {
  for (let [at, end] = [0, atBytes]; at < parts.length; at += maxParts) {
    const some = parts.slice(at, at + maxParts)
    await writeSome(file, some, end)
    end += lengthOf(some)
  }
}

/** One `writev`; what a short one left over is written after it, until the system says why not. */
async function writeSome(
  file: OpenFile,
  parts: readonly Uint8Array[],
  atBytes: number,
): Promise<void> {
  const wanted = lengthOf(parts)
  const written = await file.write(parts, atBytes)
  if (written === wanted) return
  const rest = Buffer.concat(parts).subarray(written)
  const more = await file.write([rest], atBytes + written)
  if (more < rest.length) throw new Error(`wrote ${written + more} of ${wanted} bytes`)
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, it) => sum + it.length, 0)
}
