/**
 * Why held records are gone: no room for newer ones, more or older than is kept, damaged on the
 * disk, or in a file that could not be read.
 */
export type DropReason = 'full' | 'too_many' | 'too_old' | 'damaged' | 'unreadable'

export interface Dropped {
  readonly records: number
  /** As far as they were known. */
  readonly items: number
}

/** Counts by reason; nothing goes silently. */
export class Drops {
  readonly #records: Partial<Record<DropReason, number>> = {}
  readonly #items: Partial<Record<DropReason, number>> = {}
  readonly #onDropped: ((reason: DropReason, dropped: Dropped) => void) | undefined

  constructor(onDropped?: (reason: DropReason, dropped: Dropped) => void) {
    this.#onDropped = onDropped
  }

  get records(): Readonly<Partial<Record<DropReason, number>>> {
    return { ...this.#records }
  }

  get items(): Readonly<Partial<Record<DropReason, number>>> {
    return { ...this.#items }
  }

  add(reason: DropReason, dropped: Dropped): void {
    if (dropped.records === 0) return
    this.#records[reason] = (this.#records[reason] ?? 0) + dropped.records
    this.#items[reason] = (this.#items[reason] ?? 0) + dropped.items
    this.#onDropped?.(reason, dropped)
  }
}
