/** What changes memory waits while memory is written down, and then goes on in its order. */
export class Turns {
  #isPaused = false
  readonly #waiting: (() => void)[] = []

  /** Runs `work` at once, or after the pause. */
  take(work: () => void): void {
    if (this.#isPaused) this.#waiting.push(work)
    else work()
  }

  /** Lets nobody have a turn until `work` is done. One pause at a time. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    this.#isPaused = true
    try {
      return await work()
    } finally {
      this.#isPaused = false
      for (const next of this.#waiting.splice(0)) next()
    }
  }
}
