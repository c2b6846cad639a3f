import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { Oldest } from './oldest.ts'
import { readMap, type Summary, writeList } from './summary.ts'

/**
 * Values by id, joined when an id comes again, so that a resent span changes nothing. Values are
 * plain JSON data. Beyond the cap the entry that is longest there is given up and counted.
 * Two unions merge in any order if the author's `merge` is associative and commutative; it must be
 * idempotent too where the same value may come twice.
 */
export class Union<T> implements Summary {
  readonly kind = 'union'
  readonly format = 1
  readonly #merge: (kept: T, added: T) => T
  readonly #cap: number
  readonly #values = new Map<string, T>()
  readonly #oldest = new Oldest(this.#values)
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
    this.#oldest.deleted(id)
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

  merge(other: Union<T>): void {
    this.#evicted += other.#evicted
    for (const [id, value] of other.#values) this.put(id, value)
  }

  clear(): void {
    this.#values.clear()
    this.#oldest.cleared()
    this.#evicted = 0
  }

  *encode(out: BinaryWriter): Generator<undefined, void> {
    out.count(this.#evicted)
    yield* writeList(out, this.#values.size, this.#values, ([id, value]) => {
      out.text(id)
      out.json(value)
    })
  }

  decode(from: BinaryReader): void {
    this.clear()
    this.#evicted = from.count()
    readMap(from, 2, () => from.json() as T, this.#values)
    while (this.#values.size > this.#cap) this.#evictOldest()
  }

  #evictOldest(): void {
    const oldest = this.#oldest.key()
    if (oldest === undefined) return
    this.delete(oldest)
    this.#evicted++
  }
}
