import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'

/** Slots that are looked at for one key; more would let chosen keys cost unbounded time. */
const maxProbes = 128
const slotsPerSlice = 2 ** 16
const fewestSlots = 1_024

/** 32-bit words, spread evenly by whoever made them, and never all zero. */
export type Key = Uint32Array
/** Words that are kept with a key; may be none. */
export type Value = Uint32Array

/** How many words the keys of a table have, and the values. */
export interface RowLayout {
  readonly keyWords: number
  readonly valueWords: number
}

/**
 * Fixed-size keys, each with a fixed-size value where wanted, in one typed array with open
 * addressing. At most half of the slots are taken. A key that finds no slot within 128 takes the
 * place of another: with evenly spread keys that happens once in 10^5 full tables of a million slots.
 */
export class KeyTable {
  readonly #keyWords: number
  readonly #rowWords: number
  /** A row for each slot: the key, and behind it the value. */
  readonly #rows: Uint32Array
  readonly #mask: number
  #size = 0

  /** @param slots a power of two */
  constructor({ keyWords, valueWords }: RowLayout, slots: number) {
    this.#keyWords = keyWords
    this.#rowWords = keyWords + valueWords
    this.#rows = new Uint32Array(this.#rowWords * slots)
    this.#mask = slots - 1
  }

  get size(): number {
    return this.#size
  }

  get slots(): number {
    return this.#mask + 1
  }

  get isHalfFull(): boolean {
    return this.#size * 2 >= this.slots
  }

  /** Slot of a key, or -1. */
  find(key: Key): number {
    const home = this.#home(key)
    for (let probe = 0; probe < maxProbes; probe++) {
      const slot = (home + probe) & this.#mask
      if (this.#isAt(slot, key)) return slot
      if (this.#isFree(slot)) return -1
    }
    return -1
  }

  /** Copies the value of a slot that {@link find} returned. */
  readValue(slot: number, into: Value): void {
    const start = slot * this.#rowWords + this.#keyWords
    for (let word = 0; word < into.length; word++) into[word] = this.#rows[start + word] ?? 0
  }

  /** Of the value of such a slot and this one the greater stays, so that any order gives the same. */
  joinValue(slot: number, value: Value): void {
    const start = slot * this.#rowWords + this.#keyWords
    for (let word = 0; word < value.length; word++) {
      const difference = (value[word] ?? 0) - (this.#rows[start + word] ?? 0)
      if (difference > 0) this.#rows.set(value, start)
      if (difference !== 0) return
    }
  }

  /**
   * Adds a key that is not there.
   *
   * @returns whether another had to go
   */
  insert(key: Key, value: Value): boolean {
    const home = this.#home(key)
    for (let probe = 0; probe < maxProbes; probe++) {
      const slot = (home + probe) & this.#mask
      if (!this.#isFree(slot)) continue
      this.#size++
      this.#put(slot, key, value)
      return false
    }
    this.#put(home, key, value)
    return true
  }

  /** Calls with every key and its value, in two arrays that are used again. */
  visit(each: (key: Key, value: Value) => void): void {
    const row = new Uint32Array(this.#rowWords)
    const [key, value] = [row.subarray(0, this.#keyWords), row.subarray(this.#keyWords)]
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.#isFree(slot)) continue
      for (let word = 0; word < row.length; word++) row[word] = this.#word(slot, word)
      each(key, value)
    }
  }

  /** Slots, a bit for each that is taken, then keys and values of those, in order of slots. */
  *encode(out: BinaryWriter): Generator<undefined, void> {
    out.count(this.slots)
    for (let from = 0; from < this.slots; from += slotsPerSlice) {
      this.#encodeSlots(out, from, Math.min(this.slots, from + slotsPerSlice))
      yield
    }
  }

  /** Fills this table if it has as many slots as the written one; else `each` gets all entries. */
  static decode(
    from: BinaryReader,
    layout: RowLayout,
    mostSlots: number,
    each: (key: Key, value: Value) => void,
  ): KeyTable | undefined {
    const slots = from.count()
    const isPower = slots >= fewestSlots && Number.isInteger(Math.log2(slots))
    if (!isPower || slots / 8 > from.remaining) throw new DamagedStateError('no size of a table')
    const table = slots <= mostSlots ? new KeyTable(layout, slots) : undefined
    const take = (slot: number, key: Key, value: Value) => {
      if (table === undefined) return each(key, value)
      table.#size++
      table.#put(slot, key, value)
    }
    for (let at = 0; at < slots; at += slotsPerSlice) {
      const upTo = Math.min(slots, at + slotsPerSlice)
      decodeSlots(from, { from: at, upTo, ...layout }, take)
    }
    if (table !== undefined && table.#size > slots / 2) {
      throw new DamagedStateError('a table is too full')
    }
    return table
  }

  #encodeSlots(out: BinaryWriter, from: number, upTo: number): void {
    const taken = new Uint8Array((upTo - from) / 8)
    const slots: number[] = []
    for (let slot = from; slot < upTo; slot++) {
      if (this.#isFree(slot)) continue
      const at = slot - from
      taken[at >> 3] = (taken[at >> 3] ?? 0) | (1 << (at & 7))
      slots.push(slot)
    }
    out.raw(taken)
    out.raw(bytesOf(this.#columns(slots, 0, this.#keyWords)))
    out.raw(bytesOf(this.#columns(slots, this.#keyWords, this.#rowWords)))
  }

  /** These words of the rows of these slots. */
  #columns(slots: readonly number[], first: number, end: number): Uint32Array {
    const columns = new Uint32Array(slots.length * (end - first))
    let at = 0
    for (const slot of slots) {
      for (let word = first; word < end; word++) columns[at++] = this.#word(slot, word)
    }
    return columns
  }

  #home(key: Key): number {
    return (key[0] ?? 0) & this.#mask
  }

  #word(slot: number, word: number): number {
    return this.#rows[slot * this.#rowWords + word] ?? 0
  }

  #isAt(slot: number, key: Key): boolean {
    for (let word = 0; word < this.#keyWords; word++) {
      if (this.#word(slot, word) !== key[word]) return false
    }
    return true
  }

  #isFree(slot: number): boolean {
    for (let word = 0; word < this.#keyWords; word++) {
      if (this.#word(slot, word) !== 0) return false
    }
    return true
  }

  #put(slot: number, key: Key, value: Value): void {
    let at = slot * this.#rowWords
    for (let word = 0; word < key.length; word++) this.#rows[at++] = key[word] ?? 0
    for (let word = 0; word < value.length; word++) this.#rows[at++] = value[word] ?? 0
  }
}

/** Slots for this many entries at half load. */
export function slotsFor(entries: number): number {
  let slots = fewestSlots
  while (slots < entries * 2) slots *= 2
  return slots
}

function decodeSlots(
  from: BinaryReader,
  it: RowLayout & { readonly from: number; readonly upTo: number },
  take: (slot: number, key: Key, value: Value) => void,
): void {
  const taken = from.raw((it.upTo - it.from) / 8)
  const slots: number[] = []
  for (let at = 0; at < it.upTo - it.from; at++) {
    if (((taken[at >> 3] ?? 0) >> (at & 7)) & 1) slots.push(it.from + at)
  }
  const keys = wordsOf(from.raw(slots.length * it.keyWords * 4))
  const values = wordsOf(from.raw(slots.length * it.valueWords * 4))
  for (const [at, slot] of slots.entries()) {
    const key = keys.subarray(at * it.keyWords, (at + 1) * it.keyWords)
    if (key.every((word) => word === 0)) throw new DamagedStateError('a key of a table is missing')
    take(slot, key, values.subarray(at * it.valueWords, (at + 1) * it.valueWords))
  }
}

/** All machines that Node runs on and we support put the lowest byte first. */
function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.prototype.slice.call(bytes).buffer)
}
