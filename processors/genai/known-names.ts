import { type Dimension, dimensions } from '../../src/genai/bounded.ts'
import { overflowKey } from '../../src/state/capped-map.ts'
import type { State } from '../../src/state/state.ts'
import type { Union } from '../../src/state/union.ts'
import type { Counters } from './counters.ts'

const windowMs = 3_600_000
/** A name's time is written down no more often, and room is looked for no more often. */
const stepMs = 60_000

/**
 * The different names of one dimension that were seen within an hour, up to a cap; each further one
 * is told as `__other__`. A name keeps its place as long as it is used.
 */
class KnownNames {
  readonly #cap: number
  /** When each was last seen, record time. */
  readonly #seenMs: Union<number>
  readonly #overflowed: () => void
  #nextSweepMs = Number.NEGATIVE_INFINITY

  /** @param overflowed called for each name that found no place */
  constructor(state: State, dimension: string, cap: number, overflowed: () => void) {
    this.#cap = cap
    this.#seenMs = state.union(`names/${dimension}`, Math.max, cap)
    this.#overflowed = overflowed
  }

  of(name: string, atMs: number): string {
    const seenMs = this.#seenMs.get(name)
    if (seenMs !== undefined) {
      if (atMs - seenMs >= stepMs) this.#seenMs.put(name, atMs)
      return name
    }
    if (name === overflowKey) return name
    if (this.#seenMs.size >= this.#cap) this.#sweep(atMs)
    if (this.#seenMs.size >= this.#cap) {
      this.#overflowed()
      return overflowKey
    }
    this.#seenMs.put(name, atMs)
    return name
  }

  get size(): number {
    return this.#seenMs.size
  }

  #sweep(atMs: number): void {
    if (atMs < this.#nextSweepMs) return
    this.#nextSweepMs = atMs + stepMs
    for (const [name, seenMs] of this.#seenMs.snapshot()) {
      if (atMs - seenMs > windowMs) this.#seenMs.delete(name)
    }
  }
}

/** The names of all dimensions, at the time of the record that is folded. */
export class Names {
  readonly #known: ReadonlyMap<Dimension, KnownNames>
  #atMs = Number.NEGATIVE_INFINITY

  constructor(
    state: State,
    caps: Readonly<Record<Dimension, number>>,
    counters: Pick<Counters, 'beyondCap'>,
  ) {
    this.#known = new Map(
      dimensions.map((dimension) => [
        dimension,
        new KnownNames(state, dimension, caps[dimension], () => counters.beyondCap(dimension)),
      ]),
    )
  }

  begin(atMs: number): void {
    this.#atMs = atMs
  }

  bounded(dimension: Dimension, name: string): string {
    return this.#known.get(dimension)?.of(name, this.#atMs) ?? name
  }

  /** How many there are. */
  get sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries(Array.from(this.#known, ([dimension, it]) => [dimension, it.size]))
  }
}
