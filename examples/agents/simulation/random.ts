/** Chance from a seed, uniform in [0, 1): the same seed gives the same sequence. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** mulberry32: 32 bits of state, which is plenty for a simulation and no good for secrets. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** Whether something happens that happens in this share of all cases. */
  chance(ratio: number): boolean {
    return this.next() < ratio
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** Around `median`, skewed like latencies are: half are shorter, a few are several times longer. */
  skewed(median: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
    return Math.max(1, Math.round(median * Math.exp(0.5 * normal)))
  }

  /** One of several, all equally likely. */
  pick<T>(first: T, ...rest: readonly T[]): T {
    return [first, ...rest][this.int(0, rest.length)] ?? first
  }
}
