import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { type Resolution, slotIndex } from './ring-layout.ts'
import { RingSlots, readEntries, type SlotEntry, type SlotSums } from './ring-slots.ts'

/** The rings of one series, one for each resolution; those without events are not there. */
export class SeriesRings {
  readonly #resolutions: readonly Resolution[]
  readonly #rings: (RingSlots | undefined)[] = []

  constructor(resolutions: readonly Resolution[]) {
    this.#resolutions = resolutions
  }

  add(at: number, entry: SlotEntry): void {
    const ring = this.#rings[at] ?? new RingSlots(this.#resolutions[at]?.slots ?? 0)
    this.#rings[at] = ring
    ring.add(entry)
  }

  sum(at: number, first: number, last: number): SlotSums | undefined {
    return this.#rings[at]?.sum(first, last)
  }

  /** Slots in use by resolution that a ring still holds at `nowMs`. */
  entries(nowMs: number): SlotEntry[][] {
    return this.#resolutions.map((it, at) => this.#rings[at]?.entries(firstHeld(it, nowMs)) ?? [])
  }

  merge(other: SeriesRings): void {
    for (const [at, ring] of other.#rings.entries()) {
      if (this.#resolutions[at] === undefined) continue
      for (const entry of ring?.entries(Number.NEGATIVE_INFINITY) ?? []) this.add(at, entry)
    }
  }

  /**
   * Gives back the rings that time has left behind.
   *
   * @returns whether there are others
   */
  sweep(nowMs: number): boolean {
    for (const [at, resolution] of this.#resolutions.entries()) {
      const newest = this.#rings[at]?.newest ?? Number.NEGATIVE_INFINITY
      if (newest < firstHeld(resolution, nowMs)) this.#rings[at] = undefined
    }
    return this.#rings.some((it) => it !== undefined)
  }

  encode(out: BinaryWriter, nowMs: number): void {
    for (const [at, resolution] of this.#resolutions.entries()) {
      const ring = this.#rings[at]
      if (ring === undefined) out.count(0)
      else ring.encode(out, firstHeld(resolution, nowMs))
    }
  }

  /** @param written resolutions in what is read; those that are not kept any more are read over */
  decode(from: BinaryReader, written: readonly Resolution[]): void {
    for (const [at, { slots }] of written.entries()) {
      const entries = readEntries(from, slots)
      if (this.#resolutions[at] === undefined) continue
      for (const entry of entries) this.add(at, entry)
    }
  }
}

function firstHeld(resolution: Resolution, nowMs: number): number {
  return slotIndex(resolution, nowMs) - resolution.slots + 1
}
