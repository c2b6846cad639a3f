import type { Batch } from '../../component/batch.ts'
import type { Outcome } from '../../component/delivery.ts'
import type { QueueEntry } from './queue-entry.ts'
import type { Patience } from './retry.ts'

/** Items of one entry within a batch that was merged or split. */
export interface Share {
  readonly entry: QueueEntry
  readonly items: number
  /** Whether these are the first items of their entry. */
  readonly isFirst: boolean
}

/** A batch as it is sent, and the queue's entries that its items came from, in their order. */
export class OutgoingBatch implements Patience {
  readonly batch: Batch
  readonly #shares: { readonly entry: QueueEntry; open: number }[]
  readonly #hurry = new AbortController()

  constructor(batch: Batch, shares: readonly Share[]) {
    this.batch = batch
    this.#shares = shares.map(({ entry, items }) => ({ entry, open: items }))
  }

  /** A batch that goes out as it came. */
  static of(entry: QueueEntry): OutgoingBatch {
    return new OutgoingBatch(entry.batch, [{ entry, items: entry.unaccounted, isFirst: true }])
  }

  get entries(): readonly QueueEntry[] {
    return this.#shares.map((it) => it.entry)
  }

  get hurry(): AbortSignal {
    return this.#hurry.signal
  }

  isOver(): boolean {
    return this.#shares.every((it) => it.entry.isOver())
  }

  /** No more waiting: each request gets one more try. */
  hasten(): void {
    this.#hurry.abort()
  }

  /** Items whose fate is still open. */
  get unaccounted(): number {
    return this.#shares.reduce((sum, it) => sum + it.open, 0)
  }

  /**
   * Closes the account of the next items, entry by entry.
   *
   * @returns how many of them were still wanted by their entries
   */
  account(items: number, outcome: Outcome): number {
    let accounted = 0
    for (const { entry, part } of this.#next(items)) accounted += entry.account(part, outcome)
    return accounted
  }

  /** Leaves the next items, entry by entry, for later. */
  leave(items: number): void {
    for (const { entry, part } of this.#next(items)) entry.leave(part)
  }

  /** The entries of the next items, which are not looked at again. */
  #next(items: number): { readonly entry: QueueEntry; readonly part: number }[] {
    let left = items
    const found: { readonly entry: QueueEntry; readonly part: number }[] = []
    for (const share of this.#shares) {
      const part = Math.min(left, share.open)
      if (part === 0) continue
      share.open -= part
      left -= part
      found.push({ entry: share.entry, part })
    }
    return found
  }
}
