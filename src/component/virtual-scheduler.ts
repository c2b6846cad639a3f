import type { Scheduler } from './scheduler.ts'

interface Job {
  readonly atMs: number
  readonly order: number
  readonly work: () => void
}

/**
 * Time that moves only when told to. Between two jobs it lets promises and I/O callbacks run, since
 * virtual time does not wait for them by itself.
 */
export class VirtualScheduler implements Scheduler {
  #nowMs: number
  #order = 0
  #jobs: Job[] = []

  constructor(startMs = 0) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  schedule(work: () => void, delayMs: number): () => void {
    const job = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, work }
    this.#jobs.push(job)
    return () => {
      const at = this.#jobs.indexOf(job)
      if (at >= 0) this.#jobs.splice(at, 1)
    }
  }

  /** Jobs that wait. */
  get pending(): number {
    return this.#jobs.length
  }

  /** When the next job is due, or `undefined` when none waits. */
  get nextMs(): number | undefined {
    return this.#next()?.atMs
  }

  /** Moves to `untilMs`, running what falls due on the way, in order, each in a quiet moment. */
  async advanceTo(untilMs: number, quiet: () => Promise<void> = settleAll): Promise<void> {
    await quiet()
    for (let job = this.#next(); job !== undefined && job.atMs <= untilMs; job = this.#next()) {
      this.#jobs.splice(this.#jobs.indexOf(job), 1)
      this.#nowMs = Math.max(this.#nowMs, job.atMs)
      job.work()
      await quiet()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  #next(): Job | undefined {
    let first: Job | undefined
    for (const job of this.#jobs) {
      if (!first || job.atMs < first.atMs || (job.atMs === first.atMs && job.order < first.order)) {
        first = job
      }
    }
    return first
  }
}

/** Lets every promise that can run, run. Enough where no real I/O is in flight. */
export async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}
