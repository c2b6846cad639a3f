import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { byKey, entriesPerSlice, writeList } from './summary.ts'

/** Key under which data is kept once the cap on keys is reached; totals stay right. */
export const overflowKey = '__other__'

/**
 * A cell for each key, up to a cap on keys; beyond it new keys share the cell of
 * {@link overflowKey}, which is counted. What cells add up to in all stays right.
 */
export class CappedMap<Cell extends object> {
  readonly #cap: number
  readonly #fresh: () => Cell
  readonly #join: (into: Cell, added: Cell) => void
  readonly #cells = new Map<string, Cell>()
  #evicted = 0
  #refused = 0

  /**
   * @param fresh the identity of `join`
   * @param join adds what one cell holds to another
   */
  constructor(cap: number, fresh: () => Cell, join: (into: Cell, added: Cell) => void) {
    this.#cap = cap
    this.#fresh = fresh
    this.#join = join
  }

  /** The cell of a key, made where there is none. */
  of(key: string): Cell {
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    const isRoom = this.#cells.size < this.#cap || key === overflowKey
    if (!isRoom) this.#evicted++
    const shared = isRoom ? undefined : this.#cells.get(overflowKey)
    if (shared !== undefined) return shared
    const cell = this.#fresh()
    this.#cells.set(isRoom ? key : overflowKey, cell)
    return cell
  }

  get(key: string): Cell | undefined {
    return this.#cells.get(key)
  }

  entries(): Iterable<readonly [string, Cell]> {
    return this.#cells
  }

  get size(): number {
    return this.#cells.size
  }

  /** How often data went to {@link overflowKey}. */
  get evicted(): number {
    return this.#evicted
  }

  /** Counts data that no cell can hold. */
  refuse(): false {
    this.#refused++
    return false
  }

  get refused(): number {
    return this.#refused
  }

  snapshot<T>(view: (cell: Cell) => T): (readonly [string, T])[] {
    const entries = Array.from(this.#cells, ([key, cell]) => [key, view(cell)] as const)
    return entries.sort(byKey)
  }

  merge(other: CappedMap<Cell>): void {
    this.#evicted += other.#evicted
    this.#refused += other.#refused
    for (const [key, cell] of other.#cells) this.#join(this.of(key), cell)
  }

  delete(key: string): void {
    this.#cells.delete(key)
  }

  clear(): void {
    this.#cells.clear()
    this.#evicted = 0
    this.#refused = 0
  }

  /** @param perSlice cells that take about a millisecond to write */
  *encode(
    out: BinaryWriter,
    write: (cell: Cell) => void,
    perSlice = entriesPerSlice,
  ): Generator<undefined, void> {
    const writeEntry = ([key, cell]: readonly [string, Cell]) => {
      out.text(key)
      write(cell)
    }
    out.count(this.#evicted)
    out.count(this.#refused)
    yield* writeList(out, this.#cells.size, this.#cells, writeEntry, perSlice)
  }

  /** @param cellBytes that a cell takes at least */
  decode(from: BinaryReader, cellBytes: number, read: () => Cell): void {
    this.clear()
    this.#evicted = from.count()
    this.#refused = from.count()
    const length = from.listLength(1 + cellBytes)
    for (let at = 0; at < length; at++) {
      const key = from.text()
      const cell = read()
      const isPlain = this.#cells.size < this.#cap && !this.#cells.has(key)
      if (isPlain) this.#cells.set(key, cell)
      else this.#join(this.of(key), cell)
    }
  }
}
