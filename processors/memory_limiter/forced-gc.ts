import type { Config } from './config.ts'

/** Which limit was passed. */
export type Level = 'soft' | 'hard'

/** A collection that frees less than this share of what was in use was not worth its time. */
const worthwhile = 0.05

/**
 * When a collection may be forced: not sooner than the interval of the limit that was passed, which
 * doubles while collections free little, so that a process full of live data is not kept busy
 * collecting.
 */
export class ForcedGc {
  readonly #min: Readonly<Record<Level, number>>
  readonly #max: Readonly<Record<Level, number>>
  readonly #interval: Record<Level, number>
  readonly #firstMs: number
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(config: Config) {
    this.#min = {
      soft: config.min_gc_interval_when_soft_limited,
      hard: config.min_gc_interval_when_hard_limited,
    }
    this.#max = {
      soft: config.max_gc_interval_when_soft_limited,
      hard: config.max_gc_interval_when_hard_limited,
    }
    this.#interval = { ...this.#min }
    this.#firstMs = config.check_interval
  }

  isDue(level: Level, nowMs: number): boolean {
    return nowMs - this.#lastMs >= this.#interval[level]
  }

  /** Notes what a collection has brought. */
  done(level: Level, nowMs: number, beforeBytes: number, afterBytes: number): void {
    this.#lastMs = nowMs
    const isWorthwhile = beforeBytes - afterBytes >= worthwhile * beforeBytes
    if (isWorthwhile) this.#interval[level] = this.#min[level]
    else if (this.#max[level] > 0) {
      const doubled = Math.max(2 * this.#interval[level], this.#firstMs)
      this.#interval[level] = Math.max(this.#min[level], Math.min(doubled, this.#max[level]))
    }
  }
}
