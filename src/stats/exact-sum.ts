/** Fixed point: units in 1, so that sums do not depend on order. */
export const unitsPerOne = 1_000_000

/** Below it two numbers add up exactly, with room for one more. */
const largestPart = 2 ** 52

/**
 * A sum of integers of any size, exact beyond 2^53. Small numbers are added as numbers, and only
 * what has become large as a big integer.
 */
export class ExactSum {
  #large = 0n
  #small = 0

  /** @param n an integer */
  add(n: number): void {
    if (!Number.isInteger(n)) throw new RangeError(`${n} is no integer`)
    if (Math.abs(n) >= largestPart) this.addLarge(BigInt(n))
    else this.#addSmall(n)
  }

  addLarge(n: bigint): void {
    this.#large += n
  }

  get total(): bigint {
    return this.#large + BigInt(this.#small)
  }

  static of(total: bigint): ExactSum {
    const sum = new ExactSum()
    sum.#large = total
    return sum
  }

  #addSmall(n: number): void {
    this.#small += n
    if (Math.abs(this.#small) < largestPart) return
    this.#large += BigInt(this.#small)
    this.#small = 0
  }
}

/** A number in fixed point: millionths, rounded to the nearest. */
export function toUnits(value: number): number {
  return Math.round(value * unitsPerOne)
}
