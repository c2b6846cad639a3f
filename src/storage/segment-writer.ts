import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { Doubts } from './doubts.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import { type NewRecord, partsOf, sizeOf } from './new-record.ts'
import { encodeHeader, headerBytes } from './record.ts'
import type { SafeEnd } from './rewrite.ts'
import { Segment, segmentFile } from './segment.ts'
import type { Segments } from './segments.ts'
import { writeWhole } from './write-whole.ts'

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

/** Writes groups of records to the one segment that is open for writing. */
export class SegmentWriter {
  readonly #options: WriterOptions
  readonly #doubts: Doubts
  #active: { readonly segment: Segment; readonly file: OpenFile } | undefined
  #nextSequence: number
  #nextNumber: number
  #dirty = false
  /** Of the active segment, as far as it was synced. */
  #safe: SafeEnd = { bytes: 0, sequence: 0 }

  constructor(options: WriterOptions, nextSequence: number, nextNumber: number) {
    this.#options = options
    this.#doubts = new Doubts(options)
    this.#nextSequence = nextSequence
    this.#nextNumber = nextNumber
  }

  get nextSequence(): number {
    return this.#nextSequence
  }

  get active(): Segment | undefined {
    return this.#active?.segment
  }

  /**
   * Writes all of a group or, as far as a restart can tell, none of it.
   *
   * @returns the sequence of the first record
   */
  async write(group: readonly NewRecord[]): Promise<number> {
    const bytes = group.reduce((sum, it) => sum + sizeOf(it), 0)
    const used = this.active?.endBytes ?? 0
    if (used > 0 && used + bytes > this.#options.segmentBytes) await this.#end()
    await this.#writeOnce(group)
    if (this.#options.syncsGroups) await this.#syncGroup(group)
    return this.#commit(group, bytes)
  }

  /**
   * Syncs what is dirty. After a failure the segment is sealed, for its pages may be gone, and what
   * is in doubt is written again; where that fails too, the next sync tries it again.
   */
  async sync(): Promise<void> {
    try {
      await this.#doubts.settle()
    } finally {
      await this.#syncActive()
    }
  }

  /** Syncs all, and ends the open segment; the next group begins a new one. */
  async seal(): Promise<void> {
    try {
      await this.sync()
    } finally {
      await this.#abandon()
    }
  }

  /** Begins a new, empty segment, so that all others may go. */
  async begin(): Promise<void> {
    if (this.#active) await this.#end()
    await this.#open()
  }

  async #end(): Promise<void> {
    try {
      await this.#syncActive()
    } finally {
      await this.#abandon()
    }
  }

  async #syncActive(): Promise<void> {
    if (!this.#dirty || !this.#active) return
    const { file, segment } = this.#active
    this.#dirty = false
    try {
      await file.datasync()
      this.#safe = { bytes: segment.endBytes, sequence: segment.nextSequence }
    } catch {
      await this.#abandon()
      const { salt } = this.#options
      const name = { number: this.#nextNumber++, base: this.#safe.sequence, salt: salt() }
      await this.#doubts.add({ segment, safe: this.#safe, name })
    }
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
