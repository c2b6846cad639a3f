import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'

/** Slots that are looked at for one key; more would let chosen keys cost unbounded time. */
const maxProbes = 128
const slotsPerSlice = 2 ** 16
const fewestSlots = 1_024

/** A key is this many 32-bit words, spread evenly by whoever made it, and never all zero. */
export type Key = Uint32Array

/**
 * Fixed-size keys, each with a number where wanted, in typed arrays with open addressing. At most
 * half of the slots are taken. A key that finds no slot within 128 takes the place of another:
 * with evenly spread keys that happens once in 10^5 full tables of a million slots.
 */
export class KeyTable {
  readonly #words: number
  readonly #keys: Uint32Array
  readonly #values: Float64Array | undefined
  readonly #mask: number
  #size = 0

  /** @param slots a power of two */
  constructor(words: number, slots: number, hasValues: boolean) {
    this.#words = words
    this.#keys = new Uint32Array(words * slots)
    this.#values = hasValues ? new Float64Array(slots) : undefined
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

  /** Value of a slot that {@link find} returned. */
  valueAt(slot: number): number {
    return this.#values?.[slot] ?? 0
  }

  /**
   * Adds a key that is not there.
   *
   * @returns whether another had to go
   */
  insert(key: Key, value: number): boolean {
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

  /** Calls with every key, in one array that is used again, and its value. */
  visit(each: (key: Key, value: number) => void): void {
    const key = new Uint32Array(this.#words)
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.#isFree(slot)) continue
      for (let word = 0; word < key.length; word++) key[word] = this.#word(slot, word)
      each(key, this.valueAt(slot))
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
    words: number,
    hasValues: boolean,
    mostSlots: number,
    each: (key: Key, value: number) => void,
  ): KeyTable | undefined {
    const slots = from.count()
    const isPower = slots >= fewestSlots && Number.isInteger(Math.log2(slots))
    if (!isPower || slots / 8 > from.remaining) throw new DamagedStateError('no size of a table')
    const table = slots <= mostSlots ? new KeyTable(words, slots, hasValues) : undefined
    const take = (slot: number, key: Key, value: number) => {
      if (table === undefined) return each(key, value)
      table.#size++
      table.#put(slot, key, value)
    }
    for (let at = 0; at < slots; at += slotsPerSlice) {
      const upTo = Math.min(slots, at + slotsPerSlice)
      decodeSlots(from, { from: at, upTo, words, hasValues }, take)
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
    const keys = new Uint32Array(slots.length * this.#words)
    for (const [at, slot] of slots.entries()) {
      for (let word = 0; word < this.#words; word++) {
        keys[at * this.#words + word] = this.#word(slot, word)
      }
    }
    out.raw(taken)
    out.raw(bytesOf(keys))
    if (this.#values === undefined) return
    out.raw(bytesOf(Float64Array.from(slots, (slot) => this.valueAt(slot))))
  }

  #home(key: Key): number {
    return (key[0] ?? 0) & this.#mask
  }

  #word(slot: number, word: number): number {
    return this.#keys[slot * this.#words + word] ?? 0
  }

  #isAt(slot: number, key: Key): boolean {
    for (let word = 0; word < this.#words; word++) {
      if (this.#word(slot, word) !== key[word]) return false
    }
    return true
  }

  #isFree(slot: number): boolean {
    for (let word = 0; word < this.#words; word++) if (this.#word(slot, word) !== 0) return false
    return true
  }

  #put(slot: number, key: Key, value: number): void {
    this.#keys.set(key, slot * this.#words)
    if (this.#values !== undefined) this.#values[slot] = value
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
  it: { from: number; upTo: number; words: number; hasValues: boolean },
  take: (slot: number, key: Key, value: number) => void,
): void {
  const taken = from.raw((it.upTo - it.from) / 8)
  const slots: number[] = []
  for (let at = 0; at < it.upTo - it.from; at++) {
    if (((taken[at >> 3] ?? 0) >> (at & 7)) & 1) slots.push(it.from + at)
  }
  const keys = words(from.raw(slots.length * it.words * 4))
  const values = it.hasValues ? doubles(from.raw(slots.length * 8)) : undefined
  for (const [at, slot] of slots.entries()) {
    const key = keys.subarray(at * it.words, (at + 1) * it.words)
    if (key.every((word) => word === 0)) throw new DamagedStateError('a key of a table is missing')
    take(slot, key, values?.[at] ?? 0)
  }
}

/** All machines that Node runs on and we support put the lowest byte first. */
function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.prototype.slice.call(bytes).buffer)
}

function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.prototype.slice.call(bytes).buffer)
}
