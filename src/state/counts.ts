import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { byKey, readMap, type Summary, writeList } from './summary.ts'

/** Key under which data is kept once the cap on keys is reached; totals stay right. */
export const overflowKey = '__other__'

/** Integers by key, merged by addition. */
export class Counts implements Summary {
  readonly kind = 'counts'
  readonly format = 1
  readonly #cap: number
  readonly #counts = new Map<string, number>()
  #evicted = 0

  /** @param cap distinct keys; further ones are counted under {@link overflowKey} */
  constructor(cap: number) {
    this.#cap = cap
  }

  /** @param n an integer; may be negative for a correction */
  add(key: string, n = 1): void {
    const kept = this.#keptKey(key)
    const sum = (this.#counts.get(kept) ?? 0) + n
    if (!Number.isSafeInteger(sum)) throw new RangeError(`${sum} is no count that is kept exactly`)
    this.#counts.set(kept, sum)
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  get size(): number {
    return this.#counts.size
  }

  /** Additions that went to {@link overflowKey}. */
  get evicted(): number {
    return this.#evicted
  }

  snapshot(): (readonly [string, number])[] {
    return [...this.#counts].sort(byKey)
  }

  merge(other: Counts): void {
    this.#evicted += other.#evicted
    for (const [key, n] of other.#counts) this.add(key, n)
  }

  clear(): void {
    this.#counts.clear()
    this.#evicted = 0
  }

  *encode(out: BinaryWriter): Generator<undefined, void> {
    out.count(this.#evicted)
    yield* writeList(out, this.#counts.size, this.#counts, ([key, n]) => {
      out.text(key)
      out.integer(n)
    })
  }

  decode(from: BinaryReader): void {
    this.clear()
    this.#evicted = from.count()
    readMap(from, 2, () => from.integer(), this.#counts)
  }

  #keptKey(key: string): string {
    if (key === overflowKey || this.#counts.has(key) || this.#counts.size < this.#cap) return key
    this.#evicted++
    return overflowKey
  }
}
