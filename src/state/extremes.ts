import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import type { Summary } from './summary.ts'

/**
 * The smallest or the largest number by key; of times, when something was first or last seen.
 * Idempotent: a number that comes again changes nothing.
 */
export class Extremes<Kind extends 'minima' | 'maxima'> implements Summary {
  readonly kind: Kind
  readonly format = 1
  readonly #join: (a: number, b: number) => number
  readonly #numbers: CappedMap<{ value: number }>

  /** @param cap distinct keys; further ones share `overflowKey` */
  constructor(kind: Kind, cap: number) {
    this.kind = kind
    const identity = kind === 'minima' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    const join = kind === 'minima' ? Math.min : Math.max
    this.#join = join
    this.#numbers = new CappedMap(
      cap,
      () => ({ value: identity }),
      (into, added) => {
        into.value = join(into.value, added.value)
      },
    )
  }

  /** @returns `false` for NaN, which has no order: it is refused and counted */
  put(key: string, value: number): boolean {
    if (Number.isNaN(value)) return this.#numbers.refuse()
    const cell = this.#numbers.of(key)
    cell.value = this.#join(cell.value, value)
    return true
  }

  get(key: string): number | undefined {
    return this.#numbers.get(key)?.value
  }

  get size(): number {
    return this.#numbers.size
  }

  get evicted(): number {
    return this.#numbers.evicted
  }

  /** Values that were no numbers, or out of range. */
  get refused(): number {
    return this.#numbers.refused
  }

  snapshot(): (readonly [string, number])[] {
    return this.#numbers.snapshot((it) => it.value)
  }

  merge(other: Extremes<Kind>): void {
    this.#numbers.merge(other.#numbers)
  }

  clear(): void {
    this.#numbers.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#numbers.encode(out, (it) => out.double(it.value))
  }

  decode(from: BinaryReader): void {
    this.#numbers.decode(from, 8, () => ({ value: from.number() }))
  }
}
