import type { FileSystem } from './file-system.ts'
import { rewrite, type SafeEnd, takeOver } from './rewrite.ts'
import type { Segment, SegmentName } from './segment.ts'
import type { Segments } from './segments.ts'

/** What a failed sync left in doubt in one segment, from its safe end on. */
export interface Doubt {
  readonly segment: Segment
  readonly safe: SafeEnd
  /** Of the file that it is written to again; stands before all that comes later. */
  readonly name: SegmentName
}

export interface DoubtsOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly segments: Segments
}

/** Writes again what may not have reached the disk, as often as it takes. */
export class Doubts {
  readonly #options: DoubtsOptions
  #left: readonly Doubt[] = []

  constructor(options: DoubtsOptions) {
    this.#options = options
  }

  /** Where it throws, the doubt is left for {@link settle}. */
  async add(doubt: Doubt): Promise<void> {
    doubt.segment.unsafe = true
    this.#left = [...this.#left, doubt]
    await this.#settle(doubt)
  }

  /** Tries all that are left and that somebody needs, and throws where one fails. */
  async settle(): Promise<void> {
    this.#left = this.#left.filter(({ segment }) => !segment.complete && !segment.released)
    const settled = await Promise.allSettled(this.#left.map((it) => this.#settle(it)))
    for (const it of settled) if (it.status === 'rejected') throw it.reason
  }

  async #settle(doubt: Doubt): Promise<void> {
    const { segment: doubtful, safe, name } = doubt
    const { segments } = this.#options
    const bytes = await rewrite(this.#options, doubtful, safe, name)
    const segment = takeOver(doubtful, safe, name, bytes)
    segments.change(doubtful, () => {
      doubtful.endAt(safe.sequence)
      doubtful.endBytes = safe.bytes
    })
    doubtful.unsafe = false
    segments.add(segment)
    this.#left = this.#left.filter((it) => it !== doubt)
  }
}
