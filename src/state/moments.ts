import { ExactSum, toUnits, unitsPerOne } from '../stats/exact-sum.ts'
import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import { DamagedStateError } from './format-errors.ts'
import type { Summary } from './summary.ts'

const largestValue = 2 ** 64

interface Cell {
  n: number
  readonly sum: ExactSum
  readonly squares: ExactSum
}

/**
 * Mean and variance by key, from the number of values, their sum and the sum of their squares, all
 * in exact integers of millionths: merging is addition, and nothing cancels out, wherever a series
 * has its origin.
 */
export class Moments implements Summary {
  readonly kind = 'moments'
  readonly format = 1
  readonly #cells: CappedMap<Cell>

  /** @param cap distinct keys; further ones share `overflowKey` */
  constructor(cap: number) {
    this.#cells = new CappedMap<Cell>(
      cap,
      () => ({ n: 0, sum: new ExactSum(), squares: new ExactSum() }),
      (into, added) => {
        into.n += added.n
        into.sum.addLarge(added.sum.total)
        into.squares.addLarge(added.squares.total)
      },
    )
  }

  /**
   * @param value kept to a millionth
   * @returns `false` for NaN and what is beyond ±2^64: it is refused and counted
   */
  add(key: string, value: number): boolean {
    if (!(Math.abs(value) <= largestValue)) return this.#cells.refuse()
    const units = toUnits(value)
    const cell = this.#cells.of(key)
    cell.n++
    cell.sum.add(units)
    const square = units * units
    if (Number.isSafeInteger(square)) cell.squares.add(square)
    else cell.squares.addLarge(BigInt(units) ** 2n)
    return true
  }

  count(key: string): number {
    return this.#cells.get(key)?.n ?? 0
  }

  mean(key: string): number | undefined {
    const cell = this.#cells.get(key)
    return cell && cell.n > 0 ? Number(cell.sum.total) / cell.n / unitsPerOne : undefined
  }

  /** Of the sample, with n - 1; `undefined` for fewer than two values. */
  variance(key: string): number | undefined {
    const cell = this.#cells.get(key)
    if (cell === undefined || cell.n < 2) return undefined
    const spread = BigInt(cell.n) * cell.squares.total - cell.sum.total ** 2n
    return Number(spread) / cell.n / (cell.n - 1) / unitsPerOne ** 2
  }

  get size(): number {
    return this.#cells.size
  }

  get evicted(): number {
    return this.#cells.evicted
  }

  /** Values that were no numbers, or out of range. */
  get refused(): number {
    return this.#cells.refused
  }

  snapshot(): (readonly [string, unknown])[] {
    return this.#cells.snapshot(({ n, sum, squares }) => ({
      n,
      sumUnits: sum.total.toString(),
      squareUnits: squares.total.toString(),
    }))
  }

  merge(other: Moments): void {
    this.#cells.merge(other.#cells)
  }

  clear(): void {
    this.#cells.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#cells.encode(out, ({ n, sum, squares }) => {
      out.count(n)
      out.bigInteger(sum.total)
      out.bigInteger(squares.total)
    })
  }

  decode(from: BinaryReader): void {
    this.#cells.decode(from, 5, () => {
      const n = from.count()
      const [sum, squares] = [from.bigInteger(), from.bigInteger()]
      if (squares < 0n) throw new DamagedStateError('a sum of squares is negative')
      return { n, sum: ExactSum.of(sum), squares: ExactSum.of(squares) }
    })
  }
}
