import { join } from 'node:path'
import type { FileSystem, OpenFile } from './file-system.ts'
import type { OnDamage } from './recovery.ts'
import { type Segment, segmentFile } from './segment.ts'
import { SegmentCursor } from './segment-cursor.ts'

/** A committed record. */
export interface LogRecord {
  readonly sequence: number
  readonly receivedMs: number
  readonly items: number
  readonly flags: number
  readonly payload: Uint8Array<ArrayBuffer>
}

/** What its log may be told of a record that was read. */
export type ReadRecord = Pick<LogRecord, 'sequence' | 'receivedMs' | 'items'> & {
  readonly payload: Uint8Array
}

/** What a reader reads from; the log owns it. */
export interface ReaderSource {
  readonly files: FileSystem
  readonly directory: string
  readonly segments: () => readonly Segment[]
  readonly onDamage: OnDamage
  /**
   * Told that the system cannot read a segment. Resolves when it is time for another attempt, which
   * may find the segment gone, or to `false` when there will be none.
   */
  readonly onUnreadable: (segment: Segment, cause: unknown, position: number) => Promise<boolean>
}

interface OpenSegment {
  readonly segment: Segment
  readonly file: OpenFile
  readonly cursor: SegmentCursor
}

/** Reads records in order, those that are acknowledged left out; holds one record at a time. */
export class LogReader {
  readonly #source: ReaderSource
  #position: number
  #open: OpenSegment | undefined
  #reading: Segment | undefined
  #isClosed = false
  readonly #closing = Promise.withResolvers<false>()

  /** @param position the first sequence of interest; where it is gone, the next one that is there */
  constructor(source: ReaderSource, position: number) {
    this.#source = source
    this.#position = position
  }

  /** The next record, or `undefined` when there is none yet. One call at a time. */
  async next(): Promise<LogRecord | undefined> {
    for (;;) {
      try {
        return await this.#read()
      } catch (cause) {
        await this.#leave()
        if (this.#isClosed) return undefined
        if (!this.#reading) throw cause
        const isTime = this.#source.onUnreadable(this.#reading, cause, this.#position)
        if (!(await Promise.race([isTime, this.#closing.promise]))) return undefined
      }
    }
  }

  async #read(): Promise<LogRecord | undefined> {
    for (;;) {
      const open = this.#open ?? (await this.#openNext(-1))
      if (!open) return undefined
      const { segment, cursor } = open
      this.#reading = segment
      const found = segment.released ? undefined : await cursor.next((it) => this.#wants(it))
      if (found?.kind === 'damaged') await this.#source.onDamage(segment, found)
      else if (found?.kind === 'record' && found.payload) {
        const { sequence, receivedMs, items, flags } = found.header
        this.#position = sequence + 1
        segment.failedReads = 0
        return { sequence, receivedMs, items, flags, payload: found.payload }
      } else if (!found && !(await this.#advance(open))) return undefined
    }
  }

  /** Ends a call of `next` that waits; the reader is not used again. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#closing.resolve(false)
    await this.#leave()
  }

  async #leave(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.file.close().catch(() => undefined)
  }

  #wants(sequence: number): boolean {
    return sequence >= this.#position && !this.#open?.segment.acknowledged.has(sequence)
  }

  /** Whether there is more to look at behind the end of a segment. */
  async #advance({ segment, cursor }: OpenSegment): Promise<boolean> {
    if (!segment.released && !cursor.atEnd) return true
    if (!segment.sealed && !segment.released) return false
    const following = await this.#openNext(segment.name.number)
    return following !== undefined
  }

  async #openNext(afterNumber: number): Promise<OpenSegment | undefined> {
    const { files, directory } = this.#source
    const segment = this.#following(afterNumber)
    if (!segment) return undefined
    this.#reading = segment
    const path = join(directory, segmentFile(segment.name))
    const file = await files.open(path, 'read').catch((cause: unknown) => {
      if (segment.released) return undefined
      throw cause
    })
    if (!file) return this.#openNext(segment.name.number)
    await this.#leave()
    this.#open = { segment, file, cursor: new SegmentCursor(file, segment) }
    return this.#open
  }

  #following(afterNumber: number): Segment | undefined {
    return this.#source
      .segments()
      .find((it) => it.name.number > afterNumber && it.nextSequence > this.#position)
  }
}
