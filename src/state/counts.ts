import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import type { Summary } from './summary.ts'

/** Integers by key, merged by addition. */
export class Counts implements Summary {
  readonly kind = 'counts'
  readonly format = 1
  readonly #counts: CappedMap<{ n: number }>

  /** @param cap distinct keys; further ones are counted under `overflowKey` */
  constructor(cap: number) {
    this.#counts = new CappedMap(
      cap,
      () => ({ n: 0 }),
      (into, added) => {
        into.n = integerSum(into.n, added.n)
      },
    )
  }

  /** @param n an integer; may be negative for a correction */
  add(key: string, n = 1): void {
    const cell = this.#counts.of(key)
    cell.n = integerSum(cell.n, n)
  }

  get(key: string): number {
    return this.#counts.get(key)?.n ?? 0
  }

  get size(): number {
    return this.#counts.size
  }

  /** Additions that went to `overflowKey`. */
  get evicted(): number {
    return this.#counts.evicted
  }

  snapshot(): (readonly [string, number])[] {
    return this.#counts.snapshot((it) => it.n)
  }

  merge(other: Counts): void {
    this.#counts.merge(other.#counts)
  }

  clear(): void {
    this.#counts.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#counts.encode(out, (it) => out.integer(it.n))
  }

  decode(from: BinaryReader): void {
    this.#counts.decode(from, 1, () => ({ n: from.integer() }))
  }
}

/** Sum of two integers, which stays at ±(2^53 - 1) once it is there: no claim breaks a fold. */
export function integerSum(a: number, b: number): number {
  if (!Number.isInteger(b)) throw new RangeError(`${b} is no integer`)
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, a + b))
}
