import { system } from '../audit/entries.ts'
import type { Collector } from './collector.ts'

type Reloading = Pick<Collector, 'reload'>

/** Reloads by hangup; those that come while the collector still starts are one reload after it. */
export class Hangups {
  #running: Reloading | undefined
  #isDue = false

  hangUp(): void {
    if (this.#running === undefined) this.#isDue = true
    else void this.#running.reload(system)
  }

  /** From now on the collector can be told. */
  started(collector: Reloading): void {
    this.#running = collector
    if (this.#isDue) void collector.reload(system)
  }
}
