import { ExactSum } from '../stats/exact-sum.ts'
import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import type { Summary } from './summary.ts'

/** Integers of any size by key, merged by addition; what they count is for their owner to say. */
export class Sums<Kind extends string> implements Summary {
  readonly kind: Kind
  readonly format = 1
  readonly #sums: CappedMap<{ sum: ExactSum }>

  constructor(kind: Kind, cap: number) {
    this.kind = kind
    this.#sums = new CappedMap(
      cap,
      () => ({ sum: new ExactSum() }),
      (into, added) => into.sum.addLarge(added.sum.total),
    )
  }

  /** @param n an integer; may be negative for a correction */
  add(key: string, n: number | bigint): void {
    const { sum } = this.#sums.of(key)
    if (typeof n === 'bigint') sum.addLarge(n)
    else sum.add(n)
  }

  get(key: string): bigint {
    return this.#sums.get(key)?.sum.total ?? 0n
  }

  get size(): number {
    return this.#sums.size
  }

  /** Counts what is no amount. */
  protected refuse(): false {
    return this.#sums.refuse()
  }

  /** Amounts that were no numbers. */
  get refused(): number {
    return this.#sums.refused
  }

  get evicted(): number {
    return this.#sums.evicted
  }

  /** Sums as decimal texts, since JSON has no integers of this size. */
  snapshot(): (readonly [string, string])[] {
    return this.#sums.snapshot(({ sum }) => sum.total.toString())
  }

  merge(other: Sums<Kind>): void {
    this.#sums.merge(other.#sums)
  }

  clear(): void {
    this.#sums.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#sums.encode(out, ({ sum }) => out.bigInteger(sum.total))
  }

  decode(from: BinaryReader): void {
    this.#sums.decode(from, 2, () => ({ sum: ExactSum.of(from.bigInteger()) }))
  }
}
