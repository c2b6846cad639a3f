import type { DropReason } from './drops.ts'
import type { LogParts } from './log-parts.ts'
import type { Losses } from './losses.ts'
import type { Release } from './release.ts'
import type { Step } from './steps.ts'

/** How often records are looked at within their maximum age. */
const looks = 8

/** Drops segments that are too old, or the oldest one for want of room. */
export class Retention implements Step {
  readonly #parts: LogParts
  readonly #losses: Losses
  readonly #release: Release
  readonly #asked: PromiseWithResolvers<boolean>[] = []
  #isDue = false
  #isAsking = false

  constructor(parts: LogParts, losses: Losses, release: Release) {
    this.#parts = parts
    this.#losses = losses
    this.#release = release
  }

  get isDue(): boolean {
    return this.#isDue || this.#asked.length > 0
  }

  /**
   * Whether this log drops for a record, and that can help: where others have filled the volume,
   * all that could be dropped may be less than what lacks.
   */
  canDropFor(bytes: number, isVital: boolean): boolean {
    const { options, budget, segments } = this.#parts
    if (options.whenFull !== 'drop_oldest') return false
    const droppableBytes = segments.held.bytes + (options.others?.droppableBytes() ?? 0)
    return bytes <= budget.volumeBytes(isVital) + droppableBytes
  }

  /** Whether another log has made room for this one. */
  async askOthers(): Promise<boolean> {
    this.#isAsking = true
    try {
      return (await this.#parts.options.others?.makeRoom()) ?? false
    } finally {
      this.#isAsking = false
    }
  }

  /**
   * Another log needs room: as {@link dropOldest}, once it is this step's turn. A log that itself
   * waits for others has none, so that no two wait for each other.
   */
  async askedForRoom(): Promise<boolean> {
    if (this.#isAsking) return false
    const asked = Promise.withResolvers<boolean>()
    this.#asked.push(asked)
    this.#parts.wake()
    return asked.promise
  }

  /** Something is held. */
  later(): void {
    const { options, segments, timers, wake } = this.#parts
    if (options.maxAgeMs === undefined || segments.held.records === 0) return
    timers.later('age', options.maxAgeMs / looks, () => {
      this.#isDue = true
      wake()
    })
  }

  /** Whether there was one, and it is gone. */
  async dropOldest(reason: DropReason): Promise<boolean> {
    const oldest = this.#parts.segments.all.find((it) => it.endBytes > 0)
    if (!oldest) return false
    this.#losses.drop(oldest, reason)
    await this.#release.now()
    return oldest.released
  }

  async run(): Promise<void> {
    for (const it of this.#asked.splice(0)) it.resolve(await this.dropOldest('full'))
    if (this.#isDue) await this.#dropAged()
  }

  /** Segments are also ended by age, so that records of about one age go together. */
  async #dropAged(): Promise<void> {
    this.#isDue = false
    const { options, writer, segments, failures } = this.#parts
    const { maxAgeMs = 0, clock } = options
    const oldestMs = clock.now() - maxAgeMs
    const isOld = (writer.active?.oldestMs ?? Infinity) < oldestMs + (maxAgeMs * 3) / 4
    if (isOld) await writer.seal().catch(() => failures.writes++)
    for (const it of segments.all) {
      const { newestMs } = it.records
      const isTooOld = newestMs > 0 && newestMs < oldestMs
      if (isTooOld && it.sealed && !it.complete) this.#losses.drop(it, 'too_old')
    }
    await this.#release.now()
    this.later()
  }
}
