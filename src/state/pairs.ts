import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import { integerSum } from './counts.ts'
import type { Summary } from './summary.ts'

/** What was counted, and what of it was taken back later. Both only grow. */
export interface Pair {
  readonly added: number
  readonly removed: number
}

const none: Pair = { added: 0, removed: 0 }

/**
 * Counts by key that are corrected later, as when a task's outcome is restated: a pair of integers
 * that only grow, whose difference is the count. Merged by addition of each.
 */
export class Pairs implements Summary {
  readonly kind = 'pairs'
  readonly format = 1
  readonly #pairs: CappedMap<{ added: number; removed: number }>

  /** @param cap distinct keys; further ones are counted under `overflowKey` */
  constructor(cap: number) {
    this.#pairs = new CappedMap(cap, () => ({ ...none }), join)
  }

  /** @param n an integer, not negative */
  add(key: string, n = 1): void {
    const pair = this.#pairs.of(key)
    pair.added = integerSum(pair.added, checked(n))
  }

  /** Takes back what was added. @param n an integer, not negative */
  remove(key: string, n = 1): void {
    const pair = this.#pairs.of(key)
    pair.removed = integerSum(pair.removed, checked(n))
  }

  /** What was added and not taken back. */
  get(key: string): number {
    const { added, removed } = this.pair(key)
    return added - removed
  }

  pair(key: string): Pair {
    return this.#pairs.get(key) ?? none
  }

  get size(): number {
    return this.#pairs.size
  }

  get evicted(): number {
    return this.#pairs.evicted
  }

  snapshot(): (readonly [string, Pair])[] {
    return this.#pairs.snapshot(({ added, removed }) => ({ added, removed }))
  }

  merge(other: Pairs): void {
    this.#pairs.merge(other.#pairs)
  }

  clear(): void {
    this.#pairs.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#pairs.encode(out, ({ added, removed }) => {
      out.count(added)
      out.count(removed)
    })
  }

  decode(from: BinaryReader): void {
    this.#pairs.decode(from, 2, () => ({ added: from.count(), removed: from.count() }))
  }
}

function join(into: { added: number; removed: number }, { added, removed }: Pair): void {
  into.added = integerSum(into.added, added)
  into.removed = integerSum(into.removed, removed)
}

function checked(n: number): number {
  if (n < 0) throw new RangeError(`${n} is negative; take back with remove`)
  return n
}
