import type { PipelineKind } from '../../src/component/batch.ts'
import type { Delivery } from '../../src/component/delivery.ts'
import type { Heir } from '../../src/component/listeners.ts'
import type { Shared } from './shared.ts'

/** Where a server delivers to: its own receiver or, once it has left its address, whoever has that. */
export class Outlet {
  readonly #own: Shared['deliver']
  #heir: Heir | undefined

  constructor({ deliver }: Shared) {
    this.#own = deliver
  }

  get hasHeir(): boolean {
    return this.#heir !== undefined
  }

  /** The server has left its address; without an heir, nobody comes after. */
  leave(heir: Heir | undefined): void {
    this.#heir = heir
  }

  deliver = (delivery: Delivery): void => {
    const deliver = this.#heir ?? this.#own
    deliver(delivery)
  }
}

/** Delivers what a server before at the same address has read, as if this one had. */
export function inheriting(
  kinds: readonly PipelineKind[],
  { deliver, acknowledge }: Shared,
): (delivery: Delivery) => void {
  return ({ acknowledge: _, ...delivery }) => {
    const { kind } = delivery.batch
    if (kinds.includes(kind)) deliver({ ...delivery, ...(acknowledge && { acknowledge }) })
    else {
      const reason = `no pipeline takes ${kind} from this receiver any more`
      delivery.settle({ kind: 'permanent', reason })
    }
  }
}
