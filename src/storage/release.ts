import { join } from 'node:path'
import { writeCheckpoint } from './checkpoint.ts'
import type { FileSystem } from './file-system.ts'
import { type Segment, segmentFile } from './segment.ts'
import type { SegmentWriter } from './segment-writer.ts'
import type { Segments } from './segments.ts'

export interface ReleaseOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly segments: Segments
  readonly writer: SegmentWriter
}

/** Lets go of what is acknowledged: the checkpoint first, then the files. */
export class Release {
  readonly #options: ReleaseOptions
  #failedCheckpoints = 0

  constructor(options: ReleaseOptions) {
    this.#options = options
  }

  get failedCheckpoints(): number {
    return this.#failedCheckpoints
  }

  /**
   * Unlinks what nobody needs. The newest file stays, for its name carries the next sequence: when
   * it is complete too, an empty one takes its place.
   */
  async run(): Promise<void> {
    const { segments, writer } = this.#options
    const newest = segments.all.at(-1)
    if (!segments.all.some((it) => it.complete && it.endBytes > 0)) return
    if (newest?.complete && newest.endBytes > 0) await writer.begin()
    const older = segments.all.slice(0, -1)
    const sealed = older.filter((it) => it.complete && it.sealed)
    await this.checkpoint()
    for (const segment of sealed) await this.#unlink(segment)
  }

  /** Before any unlink; where it cannot be written, what was settled may be delivered again. */
  async checkpoint(): Promise<void> {
    const { files, directory, segments, writer } = this.#options
    try {
      await writeCheckpoint(files, directory, writer.nextSequence, segments.all)
    } catch {
      this.#failedCheckpoints++
    }
  }

  async #unlink(segment: Segment): Promise<void> {
    const { files, directory, segments } = this.#options
    await files.unlink(join(directory, segmentFile(segment.name)))
    segments.remove(segment)
  }
}
