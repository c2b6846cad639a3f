import { join } from 'node:path'
import type { LogParts } from './log-parts.ts'
import { type Segment, segmentFile } from './segment.ts'
import type { Step } from './steps.ts'

/** Makes safe what was written, as often as the policy says and whenever somebody asks. */
export class Syncing implements Step {
  readonly #parts: LogParts
  readonly #waiting: PromiseWithResolvers<void>[] = []
  #isDue = false
  #found: Segment | undefined

  /** @param newest found at start: the run that wrote it may not have synced it */
  constructor(parts: LogParts, newest: Segment | undefined) {
    this.#parts = parts
    this.#found = newest
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
      await this.#syncFound()
      await writer.sync()
      const unsafe = segments.all.some((it) => it.unsafe && !it.complete)
      if (unsafe) throw new Error('a sync failed, and what was written before it may not be safe')
      for (const { resolve } of waiting) resolve()
    } catch (cause) {
      failures.writes++
      for (const { reject } of waiting) reject(cause)
    }
  }

  async #syncFound(): Promise<void> {
    const found = this.#found
    if (!found || found.complete || found.released) return
    const { files, directory } = this.#parts.options
    const file = await files.open(join(directory, segmentFile(found.name)), 'read')
    await file.datasync().finally(() => file.close())
    this.#found = undefined
  }

  #soon(): void {
    this.#isDue = true
    this.#parts.wake()
  }
}
