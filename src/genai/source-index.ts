import type { AttributeSlots } from '../pdata/attributes.ts'
import type { Source } from './sources.ts'

/** Stands for a source that has nothing on a span: behind all of its keys. */
const nowhere = 0x7fff_ffff

/**
 * Says of each source where its first key stands that a span has. Of hundreds of keys a span has a
 * dozen, so this goes from the keys that are there to the sources that want them: then a source
 * without any costs one comparison. Reused.
 */
export class SourceIndex {
  /** By slot: the sources that want it, each as its place and the place of the key in it. */
  readonly #wanted: readonly Int32Array[]
  /** By the place of a source. */
  readonly #first: Int32Array
  /** Sources that have something, so that the next span finds all as they were. */
  readonly #touched: Int32Array
  #touchedCount = 0

  /** @param sources of one table, all of them */
  constructor(sources: readonly Source[]) {
    const wanted: number[][] = []
    for (const { slots, place } of sources) {
      for (const [at, slot] of slots.entries()) {
        const ofSlot = wanted[slot] ?? []
        wanted[slot] = ofSlot
        ofSlot.push(place, at)
      }
    }
    this.#wanted = wanted.map((ofSlot) => Int32Array.from(ofSlot))
    this.#first = new Int32Array(sources.length).fill(nowhere)
    this.#touched = new Int32Array(sources.length)
  }

  /** @param slots of the matcher that the sources were compiled with */
  reset(slots: AttributeSlots): void {
    for (let at = 0; at < this.#touchedCount; at++) this.#first[this.#touched[at] ?? 0] = nowhere
    this.#touchedCount = 0
    for (let at = 0; at < slots.filledCount; at++) {
      this.#take(this.#wanted[slots.filledSlot(at)])
    }
  }

  /**
   * Which of the source's keys is the first that may be there, since we may have removed it again:
   * ask from this one on. Not below their count where none is.
   */
  firstOf({ place }: Source): number {
    return this.#first[place] ?? nowhere
  }

  #take(wanted: Int32Array | undefined): void {
    if (wanted === undefined) return
    for (let at = 0; at < wanted.length; at += 2) {
      const place = wanted[at] ?? 0
      const key = wanted[at + 1] ?? nowhere
      const first = this.#first[place] ?? nowhere
      if (first === nowhere) this.#touched[this.#touchedCount++] = place
      if (key < first) this.#first[place] = key
    }
  }
}
