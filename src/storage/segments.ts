import type { Budget } from './budget.ts'
import type { Segment } from './segment.ts'

/** Sums over the segments of a log. */
export interface Held {
  readonly bytes: number
  readonly records: number
  readonly items: number
  /** Of held records, with their headers; `bytes` counts what is settled and not yet unlinked too. */
  readonly heldBytes: number
}

const nothing: Held = { bytes: 0, records: 0, items: 0, heldBytes: 0 }

/** The segments of one log, oldest first, with sums that are kept and never counted anew. */
export class Segments {
  readonly #budget: Budget
  readonly #list: Segment[] = []
  #held = nothing

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get all(): readonly Segment[] {
    return this.#list
  }

  get held(): Held {
    return this.#held
  }

  /** The oldest that somebody needs. */
  get oldestHeld(): Segment | undefined {
    return this.#list.find((it) => !it.complete)
  }

  /** Goes where its number says: what is written again stands before what came later. */
  add(segment: Segment): void {
    const before = this.#list.findLastIndex((it) => it.name.number < segment.name.number)
    this.#list.splice(before + 1, 0, segment)
    this.#count(nothing, of(segment))
  }

  remove(segment: Segment): void {
    const at = this.#list.indexOf(segment)
    if (at < 0) return
    segment.released = true
    this.#list.splice(at, 1)
    this.#count(of(segment), nothing)
  }

  /** Whatever changes what a segment holds, once it is here, goes through this. */
  change<T>(segment: Segment, work: () => T): T {
    if (segment.released) return work()
    const before = of(segment)
    try {
      return work()
    } finally {
      this.#count(before, of(segment))
    }
  }

  /** The segment that a sequence belongs to; where two claim it, the newer one. */
  find(sequence: number): Segment | undefined {
    let [low, high] = [0, this.#list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const base = this.#list[middle]?.name.base ?? 0
      if (base <= sequence) low = middle + 1
      else high = middle
    }
    return this.#list[low - 1]
  }

  /** Those with a record below `sequence` that somebody needs. */
  *before(sequence: number): Generator<Segment> {
    for (const segment of this.#list) {
      if (segment.name.base >= sequence) return
      if (!segment.complete) yield segment
    }
  }

  #count(before: Held, after: Held): void {
    this.#held = {
      bytes: this.#held.bytes + after.bytes - before.bytes,
      records: this.#held.records + after.records - before.records,
      items: this.#held.items + after.items - before.items,
      heldBytes: this.#held.heldBytes + after.heldBytes - before.heldBytes,
    }
    if (after.bytes !== before.bytes) this.#budget.use(after.bytes - before.bytes)
  }
}

function of({ endBytes, heldRecords, heldItems, heldBytes }: Segment): Held {
  return { bytes: endBytes, records: heldRecords, items: heldItems, heldBytes }
}
