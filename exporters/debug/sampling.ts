/** Lets the first batches of each second through, and then each one of so many. */
export class Sampling {
  readonly #initial: number
  readonly #thereafter: number
  #second = Number.NEGATIVE_INFINITY
  #seen = 0

  constructor(initial: number, thereafter: number) {
    this.#initial = initial
    this.#thereafter = thereafter
  }

  passes(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#seen = 0
    }
    const beyond = ++this.#seen - this.#initial
    if (beyond <= 0) return true
    return this.#thereafter > 0 && beyond % this.#thereafter === 0
  }
}
