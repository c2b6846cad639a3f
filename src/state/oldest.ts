/**
 * So many keys may go until the iterator does too: an iterator that stands still keeps every table
 * alive that the map has outgrown since.
 */
const mostDeleted = 1_024

/**
 * Finds the oldest key of a map again and again. A new iterator walks over everything that was
 * deleted since the map was last rebuilt, some 12 µs where the oldest of 50,000 keys go one by one;
 * this one goes on from where it stood, and is a new one now and then.
 */
export class Oldest {
  readonly #map: ReadonlyMap<string, unknown>
  #keys: Iterator<string> | undefined
  #first: string | undefined
  #deleted = 0

  constructor(map: ReadonlyMap<string, unknown>) {
    this.#map = map
  }

  /** `undefined` when there is none. */
  key(): string | undefined {
    if (this.#first !== undefined) return this.#first
    this.#keys ??= this.#map.keys()
    let next = this.#keys.next()
    // An iterator that has come to its end stays there, whatever is added.
    if (next.done && this.#map.size > 0) {
      this.#keys = this.#map.keys()
      next = this.#keys.next()
    }
    this.#first = next.done ? undefined : next.value
    return this.#first
  }

  /** A key is gone; it may come again as the youngest. */
  deleted(key: string): void {
    if (key === this.#first) this.#first = undefined
    if (++this.#deleted < mostDeleted) return
    this.#deleted = 0
    this.#keys = undefined
    this.#first = undefined
  }

  /** All keys are gone. */
  cleared(): void {
    this.#keys = undefined
    this.#first = undefined
  }
}
