import type { LogParts } from './log-parts.ts'
import type { Step } from './steps.ts'

/** Makes safe what was written, as often as the policy says and whenever somebody asks. */
export class Syncing implements Step {
  readonly #parts: LogParts
  readonly #waiting: PromiseWithResolvers<void>[] = []
  #isDue = false

  constructor(parts: LogParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    return this.#isDue
  }

  /** Something was written. */
  later(): void {
    const { options, timers } = this.#parts
    if (options.sync.kind !== 'interval') return
    timers.later('sync', options.sync.everyMs, () => this.#soon())
  }

  /** Resolves when all that was written is safe; rejects when that is not certain. */
  now(): Promise<void> {
    const synced = Promise.withResolvers<void>()
    this.#waiting.push(synced)
    this.#soon()
    return synced.promise
  }

  async run(): Promise<void> {
    this.#isDue = false
    const { writer, segments, failures } = this.#parts
    const waiting = this.#waiting.splice(0)
    try {
      await writer.sync()
      const unsafe = segments.all.some((it) => it.unsafe && !it.complete)
      if (unsafe) throw new Error('a sync failed, and what was written before it may not be safe')
      for (const { resolve } of waiting) resolve()
    } catch (cause) {
      failures.writes++
      for (const { reject } of waiting) reject(cause)
    }
  }

  #soon(): void {
    this.#isDue = true
    this.#parts.wake()
  }
}
