import { errorCode } from './file-system.ts'
import type { LogParts } from './log-parts.ts'
import type { Losses } from './losses.ts'
import type { Segment } from './segment.ts'
import type { Step } from './steps.ts'

interface GivenUp {
  readonly segment: Segment
  readonly position: number
  readonly isGone: PromiseWithResolvers<boolean>
}

/** Waits between attempts to read; after the last one a segment that the disk lost is given up. */
const attemptDelaysMs = [100, 1000, 5000]

/** How long before a reader asks again for what has nothing to do with the disk. */
const otherDelayMs = 1000

/**
 * Decides about segments that the system does not read. Only what the disk itself answers loses
 * one; a process without file handles, memory or permission tries for as long as it takes.
 */
export class Unreadable implements Step {
  readonly #parts: LogParts
  readonly #losses: Losses
  readonly #givenUp: GivenUp[] = []

  constructor(parts: LogParts, losses: Losses) {
    this.#parts = parts
    this.#losses = losses
  }

  get isDue(): boolean {
    return this.#givenUp.length > 0
  }

  /**
   * Resolves when it is time for another attempt, which may find the segment gone, or to `false`
   * when the log is closed.
   *
   * @param position the next sequence that was wanted of it
   */
  found = async (segment: Segment, cause: unknown, position: number): Promise<boolean> => {
    const { timers, failures, wake } = this.#parts
    failures.reads++
    const isLost = ['EIO', 'ENOENT'].includes(errorCode(cause) ?? '')
    const delayMs = isLost ? attemptDelaysMs[segment.failedReads++] : otherDelayMs
    if (delayMs !== undefined) return timers.pause(delayMs)
    if (timers.isEnded) return false
    const isGone = Promise.withResolvers<boolean>()
    this.#givenUp.push({ segment, position, isGone })
    wake()
    return (await isGone.promise) || timers.pause(otherDelayMs)
  }

  async run(): Promise<void> {
    const { segments, writer, failures } = this.#parts
    for (const { segment, position, isGone } of this.#givenUp.splice(0)) {
      try {
        if (segments.all.at(-1) === segment) await writer.begin()
        if (!segment.released) await this.#losses.unreadable(segment, position)
      } catch {
        failures.writes++
      }
      isGone.resolve(segment.released)
    }
  }
}
