import type { Scheduler } from '../component/scheduler.ts'
import type { Sequencer } from './sequencer.ts'

/** Passes time on to the folds: at most one tick a second, only while something waits. */
export class Ticks {
  readonly #scheduler: Scheduler
  readonly #sequencer: Sequencer
  readonly #tick: () => void
  #cancel: (() => void) | undefined
  #lastMs = 0
  #atMs: number | undefined
  #isStopped = false

  constructor(scheduler: Scheduler, sequencer: Sequencer, tick: () => void) {
    this.#scheduler = scheduler
    this.#sequencer = sequencer
    this.#tick = tick
  }

  /** Looks again at what waits. */
  plan(): void {
    const dueMs = this.#sequencer.nextDueMs
    const nowMs = Math.floor(this.#scheduler.now())
    const atMs = dueMs && Math.max(dueMs, this.#lastMs + 1_000, nowMs)
    if (atMs === this.#atMs && !this.#isStopped) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#atMs = this.#isStopped ? undefined : atMs
    if (this.#atMs === undefined) return
    this.#cancel = this.#scheduler.schedule(() => {
      this.#atMs = undefined
      this.#lastMs = Math.floor(this.#scheduler.now())
      this.#tick()
    }, this.#atMs - nowMs)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }
}
