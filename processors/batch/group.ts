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
  /** As they came, unmerged: each hears of its own items only, and none of those behind it. */
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

  /** Not to be called while it is full. */
  add(delivery: Delivery): void {
    this.#waiting.push(delivery)
    this.#items += itemCount(delivery.batch)
    this.#bytes += sizeBytes(delivery.batch)
  }

  /** All that waits, in batches of the right size. */
  takeAll(): Delivery[] {
    return this.#takeParts().map((it) => this.#merged(it))
  }

  /** The same, but for a rest of the latest delivery too small to be sent: that goes on waiting. */
  takeFull(): Delivery[] {
    const parts = this.#takeParts()
    const rest = parts.length > 1 ? parts.at(-1)?.[0] : undefined
    if (rest !== undefined && itemCount(rest.batch) < this.#sizes.send_batch_size) {
      parts.pop()
      this.add(rest)
    }
    return parts.map((it) => this.#merged(it))
  }

  /**
   * What becomes one batch each. Only the latest delivery is ever cut, and only once: those before
   * it were not enough for a batch, and its rest, when it stays, is not either.
   */
  #takeParts(): (readonly Delivery[])[] {
    const waiting = this.#waiting
    const items = this.#items
    this.#waiting = []
    this.#items = 0
    this.#bytes = 0
    const latest = waiting.at(-1)
    if (latest === undefined) return []
    const max = this.#sizes.send_batch_max_size
    if (max === 0 || items <= max) return [waiting]
    const first = max - (items - itemCount(latest.batch))
    const batches = partsOf(latest.batch, { first, max }, this.#component)
    const [head, ...others] = splitDelivery(latest, batches)
    return [[...waiting.slice(0, -1), ...(head ? [head] : [])], ...others.map((it) => [it])]
  }

  #merged(deliveries: readonly Delivery[]): Delivery {
    const merged = mergeDeliveries(deliveries)
    const metadata = this.#metadata
    return metadata === undefined ? merged : { ...merged, batch: { ...merged.batch, metadata } }
  }
}
