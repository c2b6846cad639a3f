/** Which of the numbers from 0 to `size - 1` belong together. The least of a set stands for it. */
export class DisjointSets {
  readonly #above: Int32Array

  constructor(size: number) {
    this.#above = Int32Array.from({ length: size }, (_, index) => index)
  }

  /** The number that stands for the set of `member`. */
  find(member: number): number {
    let at = member
    for (;;) {
      const above = this.#above[at] ?? at
      if (above === at) return at
      at = this.#above[at] = this.#above[above] ?? above
    }
  }

  union(a: number, b: number): void {
    const first = this.find(a)
    const second = this.find(b)
    this.#above[Math.max(first, second)] = Math.min(first, second)
  }
}
