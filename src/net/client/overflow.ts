import type { Delivery, Retryable } from '../../component/delivery.ts'

interface Blocked {
  readonly delivery: Delivery
  readonly owner: object
  /** Takes the delivery if it has room now. */
  readonly take: () => Promise<void> | undefined
  readonly resolve: (finished: Promise<void> | undefined) => void
}

/** Deliveries that arrived without room and wait in line; they are their senders' until taken. */
export class Overflow {
  readonly #blocked = new Set<Blocked>()

  get isEmpty(): boolean {
    return this.#blocked.size === 0
  }

  /** Puts a delivery at the end of the line; resolves when it is finished or given back. */
  wait(delivery: Delivery, owner: object, take: Blocked['take']): Promise<void> {
    return new Promise((resolve) => {
      this.#blocked.add({ delivery, owner, take, resolve: (finished) => resolve(finished) })
    })
  }

  /** Lets those in who have room now, in order; `false` when the first in line still has none. */
  offer(): boolean {
    for (const blocked of this.#blocked) {
      const finished = blocked.take()
      if (finished === undefined) return false
      this.#blocked.delete(blocked)
      blocked.resolve(finished)
    }
    return true
  }

  /** Gives an owner's deliveries back to their senders. */
  giveBack(owner: object): void {
    for (const blocked of this.#blocked) {
      if (blocked.owner !== owner) continue
      this.#blocked.delete(blocked)
      blocked.delivery.settle(stopped)
      blocked.resolve(undefined)
    }
  }
}

const stopped: Retryable = { kind: 'retryable', reason: 'interrupted due to shutdown' }
