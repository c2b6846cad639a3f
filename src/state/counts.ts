import type { Summary } from './state.ts'

/** Key under which counts are kept once the cap on keys is reached; totals stay right. */
export const overflowKey = '__other__'

/** Integers by key, merged by addition. */
export class Counts implements Summary {
  readonly #cap: number
  readonly #counts = new Map<string, number>()
  #evicted = 0

  /** @param cap distinct keys; further ones are counted under {@link overflowKey} */
  constructor(cap: number) {
    this.#cap = cap
  }

  /** @param n an integer; may be negative for a correction */
  add(key: string, n = 1): void {
    const known = this.#counts.has(key) || this.#counts.size < this.#cap
    if (!known) this.#evicted++
    const kept = known ? key : overflowKey
    this.#counts.set(kept, (this.#counts.get(kept) ?? 0) + n)
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  get evicted(): number {
    return this.#evicted
  }

  snapshot(): (readonly [string, number])[] {
    return [...this.#counts].sort(byKey)
  }

  restore(snapshot: unknown): void {
    this.#counts.clear()
    for (const [key, n] of entries(snapshot)) {
      if (typeof n !== 'number') throw new Error(`a count must be a number, found ${typeof n}`)
      this.#counts.set(key, n)
    }
  }
}

/** Order of snapshot entries: by key, code unit by code unit. */
export function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

/** The `[key, value]` pairs of a snapshot. */
export function entries(snapshot: unknown): (readonly [string, unknown])[] {
  if (!Array.isArray(snapshot)) throw new Error('a snapshot must be a list of pairs')
  return snapshot.map((pair: unknown) => {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string') {
      throw new Error('a snapshot must be a list of pairs')
    }
    return [pair[0], pair[1]]
  })
}
