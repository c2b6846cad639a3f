/** Time for syncs and checkpoints; what is stored never depends on it. */
export interface Clock {
  /** Milliseconds since the Unix epoch; asked only where records have a maximum age. */
  now(): number
  /** Runs `work` once after `delayMs`; the returned function cancels it. */
  schedule(work: () => void, delayMs: number): () => void
}

/** Work that is due later, at most once under each name. */
export class Timers {
  readonly #clock: Clock
  readonly #cancels = new Map<string, () => void>()
  readonly #pauses = new Set<() => void>()
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isEnded(): boolean {
    return this.#ended
  }

  /** What already waits under that name stays as it is. */
  later(name: string, delayMs: number, work: () => void): void {
    if (this.#ended || this.#cancels.has(name)) return
    const cancel = this.#clock.schedule(() => {
      this.#cancels.delete(name)
      work()
    }, delayMs)
    this.#cancels.set(name, cancel)
  }

  /** Resolves to `true` when the time is over, and to `false` when it has no more to come. */
  pause(delayMs: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false)
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        resolve(false)
      }
      const cancel = this.#clock.schedule(() => {
        this.#pauses.delete(end)
        resolve(true)
      }, delayMs)
      this.#pauses.add(end)
    })
  }

  /** Cancels all, ends every pause, and takes nothing more. */
  end(): void {
    this.#ended = true
    for (const cancel of this.#cancels.values()) cancel()
    this.#cancels.clear()
    for (const end of this.#pauses) end()
    this.#pauses.clear()
  }
}
