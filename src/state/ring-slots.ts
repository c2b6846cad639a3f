import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { integerSum } from './counts.ts'
import { DamagedStateError } from './format-errors.ts'

/** Sums over slots: weights in millionths of an event, and how many events there really were. */
export interface SlotSums {
  goodUnits: number
  badUnits: number
  events: number
}

export interface SlotEntry extends Readonly<SlotSums> {
  readonly index: number
}

/**
 * One ring of one series: slots that name the time they stand for, so that an old slot counts as
 * empty without being cleared. 32 bytes a slot. A newer index takes the place of an older one.
 */
export class RingSlots {
  readonly #indices: Float64Array
  readonly #goodUnits: Float64Array
  readonly #badUnits: Float64Array
  readonly #events: Float64Array
  #newest = Number.NEGATIVE_INFINITY

  constructor(slots: number) {
    this.#indices = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY)
    this.#goodUnits = new Float64Array(slots)
    this.#badUnits = new Float64Array(slots)
    this.#events = new Float64Array(slots)
  }

  /** Index of the newest slot, or -Infinity. */
  get newest(): number {
    return this.#newest
  }

  add({ index, goodUnits, badUnits, events }: SlotEntry): void {
    const slot = this.#slot(index)
    const there = this.#indices[slot] ?? 0
    if (there > index) return
    if (there < index) this.#begin(slot, index)
    this.#goodUnits[slot] = integerSum(this.#goodUnits[slot] ?? 0, goodUnits)
    this.#badUnits[slot] = integerSum(this.#badUnits[slot] ?? 0, badUnits)
    this.#events[slot] = integerSum(this.#events[slot] ?? 0, events)
  }

  sum(first: number, last: number): SlotSums {
    const sums = { goodUnits: 0, badUnits: 0, events: 0 }
    for (let index = first; index <= last; index++) {
      const slot = this.#slot(index)
      if (this.#indices[slot] !== index) continue
      sums.goodUnits += this.#goodUnits[slot] ?? 0
      sums.badUnits += this.#badUnits[slot] ?? 0
      sums.events += this.#events[slot] ?? 0
    }
    return sums
  }

  /** Slots that are in use from `first` on, in order. */
  entries(first: number): SlotEntry[] {
    const entries: SlotEntry[] = []
    const from = Math.max(first, this.#newest - this.#indices.length + 1)
    for (let index = from; index <= this.#newest; index++) {
      if (this.#indices[this.#slot(index)] === index) {
        entries.push({ index, ...this.sum(index, index) })
      }
    }
    return entries
  }

  /** The number of entries; each: distance to the index before it, good, bad, events. */
  encode(out: BinaryWriter, first: number): void {
    const entries = this.entries(first)
    let before = 0
    out.count(entries.length)
    for (const { index, goodUnits, badUnits, events } of entries) {
      out.integer(index - before)
      out.integer(goodUnits)
      out.integer(badUnits)
      out.integer(events)
      before = index
    }
  }

  #slot(index: number): number {
    const { length } = this.#indices
    return ((index % length) + length) % length
  }

  #begin(slot: number, index: number): void {
    this.#indices[slot] = index
    this.#goodUnits[slot] = 0
    this.#badUnits[slot] = 0
    this.#events[slot] = 0
    this.#newest = Math.max(this.#newest, index)
  }
}

/** What {@link RingSlots.encode} wrote. */
export function readEntries(from: BinaryReader, slots: number): SlotEntry[] {
  const length = from.listLength(4)
  if (length > slots) throw new DamagedStateError('too many slots of a ring')
  let index = 0
  return Array.from({ length }, (_, at) => {
    const step = from.integer()
    index += step
    if (!Number.isSafeInteger(Math.abs(index) + slots) || (at > 0 && step <= 0)) {
      throw new DamagedStateError('slots of a ring that do not follow each other')
    }
    const [goodUnits, badUnits, events] = [from.integer(), from.integer(), from.integer()]
    return { index, goodUnits, badUnits, events }
  })
}
