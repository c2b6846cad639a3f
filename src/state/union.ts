import { entries } from './counts.ts'
import type { Summary } from './state.ts'

/**
 * Values by id, joined when an id comes again, so that a resent span changes nothing. Values are
 * plain JSON data. Beyond the cap the entry that is longest there is given up and counted.
 */
export class Union<T> implements Summary {
  readonly #merge: (kept: T, added: T) => T
  readonly #cap: number
  readonly #values = new Map<string, T>()
  #evicted = 0

  constructor(merge: (kept: T, added: T) => T, cap: number) {
    this.#merge = merge
    this.#cap = cap
  }

  /** Joins `value` in; returns what is kept now. */
  put(id: string, value: T): T {
    const kept = this.#values.get(id)
    const joined = kept === undefined ? value : this.#merge(kept, value)
    this.#values.set(id, joined)
    if (this.#values.size > this.#cap) this.#evictOldest()
    return joined
  }

  get(id: string): T | undefined {
    return this.#values.get(id)
  }

  has(id: string): boolean {
    return this.#values.has(id)
  }

  delete(id: string): boolean {
    return this.#values.delete(id)
  }

  get size(): number {
    return this.#values.size
  }

  get evicted(): number {
    return this.#evicted
  }

  /** In order of age, since eviction depends on it. */
  snapshot(): (readonly [string, T])[] {
    return [...this.#values]
  }

  restore(snapshot: unknown): void {
    this.#values.clear()
    for (const [id, value] of entries(snapshot)) this.#values.set(id, value as T)
    while (this.#values.size > this.#cap) this.#evictOldest()
  }

  #evictOldest(): void {
    const oldest = this.#values.keys().next()
    if (oldest.done) return
    this.#values.delete(oldest.value)
    this.#evicted++
  }
}
