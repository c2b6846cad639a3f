import type { ClientMetadata } from '../../src/component/batch.ts'
import { itemCount, sizeBytes } from '../../src/component/batch.ts'
import type { Delivery } from '../../src/component/delivery.ts'
import { mergeDeliveries, splitDelivery } from '../../src/component/holding.ts'
import { partsOf } from './parts.ts'

/** What decides about the size of batches. */
export interface Sizes {
  readonly send_batch_size: number
  readonly send_batch_max_size: number
}

/** Deliveries that become one batch: those of one combination of metadata values. */
export class Group {
  readonly #sizes: Sizes
  readonly #component: string
  readonly #metadata: ClientMetadata | undefined
  #waiting: Delivery[] = []
  #items = 0
  #bytes = 0

  /** @param metadata what the batches say of their clients, where metadata keeps them apart */
  constructor(sizes: Sizes, component: string, metadata: ClientMetadata | undefined) {
    this.#sizes = sizes
    this.#component = component
    this.#metadata = metadata
  }

  get sizeBytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  get isFull(): boolean {
    return this.#items >= this.#sizes.send_batch_size
  }

  add(delivery: Delivery): void {
    this.#waiting.push(delivery)
    this.#items += itemCount(delivery.batch)
    this.#bytes += sizeBytes(delivery.batch)
  }

  /** All that waits, in batches of the right size. */
  takeAll(): Delivery[] {
    if (this.#waiting.length === 0) return []
    const merged = this.#named(mergeDeliveries(this.#waiting))
    this.#waiting = []
    this.#items = 0
    this.#bytes = 0
    const { send_batch_max_size } = this.#sizes
    if (send_batch_max_size === 0) return [merged]
    return splitDelivery(merged, partsOf(merged.batch, send_batch_max_size, this.#component))
  }

  /** The same, but for a last part too small to be sent: that goes on waiting. */
  takeFull(): Delivery[] {
    const taken = this.takeAll()
    const last = taken.at(-1)
    if (last === undefined || taken.length === 1) return taken
    if (itemCount(last.batch) >= this.#sizes.send_batch_size) return taken
    this.add(last)
    return taken.slice(0, -1)
  }

  #named(delivery: Delivery): Delivery {
    const metadata = this.#metadata
    if (metadata === undefined) return delivery
    return { ...delivery, batch: { ...delivery.batch, metadata } }
  }
}
