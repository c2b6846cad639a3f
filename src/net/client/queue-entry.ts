import { type Batch, itemCount, type Lease } from '../../component/batch.ts'
import { type Delivery, delivered, type Outcome, worst } from '../../component/delivery.ts'

/** A batch that a queue has taken, from then until every item of it is accounted for. */
export class QueueEntry {
  readonly batch: Batch
  /** In units of the queue's sizer. */
  readonly size: number
  readonly takenAtMs: number
  /** Resolves when the entry is finished. */
  readonly finished: Promise<void>
  readonly #leases: readonly Lease[]
  readonly #outcomes: Outcome[] = []
  #settle: ((outcome: Outcome) => void) | undefined
  #resolve: () => void = () => {}
  #unaccounted: number
  #isOver = false

  /** @param leases held by the entry from here on, once each */
  constructor(delivery: Delivery, size: number, leases: readonly Lease[], takenAtMs: number) {
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

  /** Items whose fate is still open. */
  get unaccounted(): number {
    return this.#unaccounted
  }

  /** Closes the account of some items; never of more than are open. */
  account(items: number, outcome: Outcome): number {
    const open = Math.min(items, this.#unaccounted)
    this.#unaccounted -= open
    this.#outcomes.push(outcome)
    return open
  }

  /** Tells the sender that the batch is taken over, so that it need not wait for the result. */
  settleTaken(): void {
    this.#settle?.(delivered)
    this.#settle = undefined
  }

  /** Lets go of the memory and tells the sender the result, if it waits for it. */
  finish(): void {
    this.#isOver = true
    for (const lease of this.#leases) lease.release()
    this.#settle?.(worst(this.#outcomes))
    this.#settle = undefined
    this.#resolve()
  }
}
