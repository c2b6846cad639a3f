import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'
import { type Key, KeyTable, type RowLayout, slotsFor, type Value } from './key-table.ts'
import { byKey } from './summary.ts'

export interface GenerationsOptions {
  /** What was last added is known for at least this long, and at most twice as long, by record time. */
  readonly windowMs: number
  /** Keys in both generations together. */
  readonly maxEntries: number
  readonly layout: RowLayout
}

/** What is remembered of one key, in hexadecimal. */
export type GenerationsEntry = readonly [key: string, value: string]

const noValue: Value = new Uint32Array(0)

/**
 * Keys that are forgotten by age without looking at each: two generations, each of one window of
 * record time. When the newer is full before its time, the older goes early, which is counted.
 */
export class Generations {
  readonly #options: GenerationsOptions
  /** Of the newer generation: record time divided by the window; before all time when empty. */
  #index = Number.NEGATIVE_INFINITY
  #newer: KeyTable
  #older: KeyTable
  #evicted = 0

  constructor(options: GenerationsOptions) {
    this.#options = options
    this.#newer = this.#table(0)
    this.#older = this.#table(0)
  }

  get size(): number {
    return this.#newer.size + this.#older.size
  }

  get evicted(): number {
    return this.#evicted
  }

  /** Whether a key is known, and its value then; forgets what is too old by now. */
  find(key: Key, atMs: number, into: Value): boolean {
    this.#advance(this.#indexAt(atMs))
    return this.peek(key, atMs, into)
  }

  /**
   * What {@link find} would say at that time, without forgetting anything: whoever asks ahead of the
   * records changes nothing for those in between. A time before the newest record counts as its.
   */
  peek(key: Key, atMs: number, into: Value): boolean {
    const distance = this.#indexAt(atMs) - this.#index
    if (distance > 1) return false
    return readFrom(this.#newer, key, into) || (distance !== 1 && readFrom(this.#older, key, into))
  }

  /**
   * Adds a key without a value, or makes it the newer again.
   *
   * @returns whether it was known
   */
  touch(key: Key, atMs: number): boolean {
    this.#advance(this.#indexAt(atMs))
    if (this.#newer.find(key) >= 0) return true
    const isKnown = this.#older.find(key) >= 0
    this.#insert(key, noValue)
    return isKnown
  }

  /**
   * Adds a key, or makes it the newer again with this value. Of two values that one generation gets
   * for a key the greater stays.
   */
  put(key: Key, value: Value, atMs: number): void {
    this.#advance(this.#indexAt(atMs))
    this.#join(key, value)
  }

  /** Keys by generation, in order; what is in both belongs to the newer. */
  entries(): {
    readonly index: number
    readonly newer: GenerationsEntry[]
    readonly older: GenerationsEntry[]
  } {
    const newer = hexEntries(this.#newer)
    const isNewer = new Set(newer.map(([key]) => key))
    const older = hexEntries(this.#older).filter(([key]) => !isNewer.has(key))
    return { index: this.#index, newer, older }
  }

  /** What one would know that had seen everything itself. */
  merge(other: Generations): void {
    this.#advance(other.#index)
    this.#evicted += other.#evicted
    const distance = this.#index - other.#index
    if (distance === 0) this.#mergeTables(other.#newer, other.#older)
    else if (distance === 1) this.#mergeTables(undefined, other.#newer)
  }

  clear(): void {
    this.#index = Number.NEGATIVE_INFINITY
    this.#newer = this.#table(0)
    this.#older = this.#table(0)
    this.#evicted = 0
  }

  *encode(out: BinaryWriter): Generator<undefined, void> {
    const { windowMs } = this.#options
    out.count(this.#evicted)
    out.double(this.#index * windowMs)
    yield* this.#older.encode(out)
    yield* this.#newer.encode(out)
  }

  decode(from: BinaryReader): void {
    const { windowMs } = this.#options
    this.clear()
    const evicted = from.count()
    const startMs = from.double()
    if (Number.isNaN(startMs)) throw new DamagedStateError('a generation begins at no time')
    this.#index = Math.floor(startMs / windowMs)
    this.#older = this.#decodeTable(from) ?? this.#older
    this.#newer = this.#decodeTable(from) ?? this.#newer
    this.#evicted += evicted
  }

  #decodeTable(from: BinaryReader): KeyTable | undefined {
    const { layout, maxEntries } = this.#options
    return KeyTable.decode(from, layout, slotsFor(maxEntries / 2), (key, value) =>
      this.#insert(key, value),
    )
  }

  #mergeTables(newer: KeyTable | undefined, older: KeyTable): void {
    newer?.visit((key, value) => this.#join(key, value))
    older.visit((key, value) => {
      if (this.#newer.find(key) >= 0) return
      const slot = this.#older.find(key)
      if (slot >= 0) return this.#older.joinValue(slot, value)
      this.#older = this.#grown(this.#older)
      if (this.#older.insert(key, value)) this.#evicted++
    })
  }

  #join(key: Key, value: Value): void {
    const slot = this.#newer.find(key)
    if (slot >= 0) this.#newer.joinValue(slot, value)
    else this.#insert(key, value)
  }

  #insert(key: Key, value: Value): void {
    if (this.#newer.size >= this.#options.maxEntries / 2) {
      this.#evicted += this.#older.size
      this.#older = this.#newer
      this.#newer = this.#table(this.#older.slots)
    }
    this.#newer = this.#grown(this.#newer)
    if (this.#newer.insert(key, value)) this.#evicted++
  }

  #advance(index: number): void {
    const distance = index - this.#index
    if (!(distance > 0)) return
    const isNext = distance === 1
    this.#index = index
    this.#older = isNext ? this.#newer : this.#table(0)
    this.#newer = this.#table(slotsFor(this.#older.size))
  }

  #indexAt(atMs: number): number {
    return Math.floor(atMs / this.#options.windowMs)
  }

  /** A table with room for one more; keys that were chosen to meet on one slot may be fewer in it. */
  #grown(table: KeyTable): KeyTable {
    if (!table.isHalfFull) return table
    const larger = this.#table(table.slots * 2)
    table.visit((key, value) => larger.insert(key, value))
    this.#evicted += table.size - larger.size
    return larger
  }

  #table(slots: number): KeyTable {
    return new KeyTable(this.#options.layout, Math.max(slots, slotsFor(0)))
  }
}

function readFrom(table: KeyTable, key: Key, into: Value): boolean {
  const slot = table.find(key)
  if (slot >= 0) table.readValue(slot, into)
  return slot >= 0
}

function hexEntries(table: KeyTable): GenerationsEntry[] {
  const entries: GenerationsEntry[] = []
  table.visit((key, value) => entries.push([hexOf(key), hexOf(value)]))
  return entries.sort(byKey)
}

function hexOf(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('')
}
