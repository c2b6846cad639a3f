import { join } from 'node:path'
import type { Timers } from './clock.ts'
import { explore } from './explore.ts'
import type { FileSystem } from './file-system.ts'
import type { OnDamage } from './recovery.ts'
import { type Segment, segmentFile } from './segment.ts'
import { SegmentCursor } from './segment-cursor.ts'
import type { Segments } from './segments.ts'

export interface LookThroughOptions {
  readonly options: { readonly files: FileSystem; readonly directory: string }
  readonly segments: Segments
  readonly timers: Timers
  readonly onDamage: OnDamage
  /** Told of records that should be in a segment, and are not. */
  readonly onMissing: (records: number) => void
  readonly onSettled: (segment: Segment) => void
}

/** At most 20 MB a second, so that the disk stays free for what is new. */
const stepBytes = 2 ** 20
const stepDelayMs = 50

/** Looks through what an older run left, in the background: what is there, then whether it is whole. */
export class LookThrough {
  readonly #options: LookThroughOptions
  readonly #found: readonly Segment[]
  #isEnded = false
  #explored = Promise.resolve()
  #verified = Promise.resolve()

  constructor(options: LookThroughOptions, found: readonly Segment[]) {
    this.#options = options
    this.#found = found
  }

  /** Resolves when it is known what the segments hold. */
  get explored(): Promise<void> {
    return this.#explored
  }

  /** Resolves when every payload was checked, or there will be no more checks. */
  get verified(): Promise<void> {
    return this.#verified
  }

  begin(): void {
    this.#explored = this.#explore()
    this.#verified = this.#explored.then(() => this.#verify())
  }

  /** Nothing is looked at any more once {@link verified} has resolved. */
  end(): void {
    this.#isEnded = true
  }

  async #explore(): Promise<void> {
    const { options, segments, onSettled } = this.#options
    for (const segment of this.#found) {
      if (this.#isEnded) return
      await explore(options, segments, segment, this.#options)
      if (segment.complete) onSettled(segment)
    }
  }

  async #verify(): Promise<void> {
    const { files, directory } = this.#options.options
    for (const segment of this.#found) {
      if (this.#isEnded || segment.complete) continue
      try {
        const file = await files.open(join(directory, segmentFile(segment.name)), 'read')
        await this.#check(segment, new SegmentCursor(file, segment)).finally(() => file.close())
      } catch {
        // Its reader will find the same, and say why.
      }
    }
  }

  async #check(segment: Segment, cursor: SegmentCursor): Promise<void> {
    const isHeld = (sequence: number) => !segment.acknowledged.has(sequence)
    let leftBytes = stepBytes
    while (!this.#isEnded && !segment.released) {
      const found = await cursor.next(isHeld)
      if (!found || found.kind === 'torn') return
      if (found.kind === 'damaged') await this.#options.onDamage(segment, found)
      else leftBytes -= found.header.payloadBytes
      if (leftBytes > 0) continue
      leftBytes = stepBytes
      if (!(await this.#options.timers.pause(stepDelayMs))) return
    }
  }
}
