import type { Log } from '../../component/log.ts'
import type { Scheduler } from '../../component/scheduler.ts'

const windowMs = 10_000

/**
 * A log that says the same sentence at most once in ten seconds and then adds, as `suppressed`, how
 * often it was not said: a dead destination must not fill a disk.
 */
export class LogLimit {
  readonly #log: Log
  readonly #scheduler: Scheduler
  /** By sentence; the sentences are constants of our code, so the map stays small. */
  readonly #said = new Map<string, { atMs: number; suppressed: number }>()

  constructor(log: Log, scheduler: Scheduler) {
    this.#log = log
    this.#scheduler = scheduler
  }

  say(level: 'info' | 'warn' | 'error', fields: object, message: string): void {
    const nowMs = this.#scheduler.now()
    const said = this.#said.get(message)
    if (said !== undefined && nowMs - said.atMs < windowMs) {
      said.suppressed++
      return
    }
    const suppressed = said?.suppressed ?? 0
    this.#said.set(message, { atMs: nowMs, suppressed: 0 })
    this.#log[level](suppressed > 0 ? { ...fields, suppressed } : fields, message)
  }
}
