import { type Batch, itemCount, type Lease } from '../../component/batch.ts'
import { type Delivery, delivered, type Outcome, worst } from '../../component/delivery.ts'

/** A batch that a queue has taken, from then until every item of it is accounted for. */
export class QueueEntry {
  readonly batch: Batch
  /** In units of the queue's room. */
  readonly size: number
  readonly takenAtMs: number
  /** Resolves when the entry is finished. */
  readonly finished: Promise<void>
  /** Where it lies on disk; missing while it is in memory alone. */
  sequence: number | undefined
  readonly #leases: readonly Lease[]
  readonly #outcomes: Outcome[] = []
  #settle: ((outcome: Outcome) => void) | undefined
  #resolve: () => void = () => {}
  #unaccounted: number
  #left = 0
  #letters = 0
  #isOver = false

  /** @param leases held by the entry from here on, once each */
  constructor(
    delivery: Pick<Delivery, 'batch'> & Partial<Pick<Delivery, 'settle'>>,
    size: number,
    leases: readonly Lease[],
    takenAtMs: number,
  ) {
    this.batch = delivery.batch
    this.size = size
    this.takenAtMs = takenAtMs
    this.#leases = leases
    this.#settle = delivery.settle
    this.#unaccounted = itemCount(delivery.batch)
    this.finished = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** Whether it is finished. */
  isOver(): boolean {
    return this.#isOver
  }

  /** Whether its sender was told something. */
  get isSettled(): boolean {
    return this.#settle === undefined
  }

  /** Items whose fate is still open. */
  get unaccounted(): number {
    return this.#unaccounted
  }

  /** Whether nothing more happens to it here: each item is accounted for, or left for later. */
  get isThrough(): boolean {
    return this.#unaccounted === this.#left && this.#letters === 0
  }

  /** Closes the account of some items; never of more than are open. */
  account(items: number, outcome: Outcome): number {
    const open = Math.min(items, this.#unaccounted - this.#left)
    this.#unaccounted -= open
    this.#outcomes.push(outcome)
    return open
  }

  /** Leaves some items for later: their account stays open. */
  leave(items: number): void {
    this.#left = Math.min(this.#unaccounted, this.#left + items)
  }

  /** A dead letter with items of it is being written; the returned function says that it is. */
  awaitLetter(): () => void {
    this.#letters++
    return () => void this.#letters--
  }

  /** Tells the sender that the batch is taken over, so that it need not wait for the result. */
  settleTaken(): void {
    this.settle(delivered)
  }

  /** Tells the sender what became of it, unless it knows. */
  settle(outcome: Outcome): void {
    this.#settle?.(outcome)
    this.#settle = undefined
  }

  /** Lets go of the memory and tells the sender the result, if it waits for it. */
  finish(): void {
    this.#isOver = true
    for (const lease of this.#leases) lease.release()
    this.settle(worst(this.#outcomes))
    this.#resolve()
  }
}
