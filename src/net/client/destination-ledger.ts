import type { DropReason } from './answer.ts'

/** The account of one destination, in items: `received = delivered + rejected + dropped + held`. */
export interface LedgerStatus {
  /** Items that the queue took. */
  readonly received: number
  /** Items that the destination took. */
  readonly delivered: number
  /** Items that the destination refused in a partial success. */
  readonly rejected: number
  /** Items given up, by reason. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>
  /** Items waiting or in flight. */
  readonly held: number
}

/** Counts what became of every item that a destination's queue took; it balances at any time. */
export class DestinationLedger {
  readonly #dropped = new Map<DropReason, number>()
  #received = 0
  #delivered = 0
  #rejected = 0
  #held = 0

  take(items: number): void {
    this.#received += items
    this.#held += items
  }

  deliver(items: number): void {
    this.#delivered += items
    this.#held -= items
  }

  reject(items: number): void {
    this.#rejected += items
    this.#held -= items
  }

  drop(reason: DropReason, items: number): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + items)
    this.#held -= items
  }

  status(): LedgerStatus {
    return {
      received: this.#received,
      delivered: this.#delivered,
      rejected: this.#rejected,
      dropped: Object.fromEntries(this.#dropped),
      held: this.#held,
    }
  }
}
