import { type Scheduler, wait } from '../../component/scheduler.ts'

/** The pause that a destination asked for; all its workers keep it. */
export class Throttle {
  readonly #scheduler: Scheduler
  readonly #longestMs: number
  #untilMs = 0

  /** @param longestMs cap of one pause, 0 for none: nobody shuts a queue for longer than its retries last */
  constructor(scheduler: Scheduler, longestMs: number) {
    this.#scheduler = scheduler
    this.#longestMs = longestMs === 0 ? Number.POSITIVE_INFINITY : longestMs
  }

  /** Pauses for `ms` from now; a longer pause that is under way stays. */
  pause(ms: number): void {
    const untilMs = this.#scheduler.now() + Math.min(ms, this.#longestMs)
    this.#untilMs = Math.max(this.#untilMs, untilMs)
  }

  get isPaused(): boolean {
    return this.#untilMs > this.#scheduler.now()
  }

  /** Resolves when no pause is under way, or at once when `hurry` aborts. */
  async passed(hurry: AbortSignal): Promise<void> {
    while (this.isPaused && !hurry.aborted) {
      await wait(this.#scheduler, this.#untilMs - this.#scheduler.now(), hurry)
    }
  }
}
