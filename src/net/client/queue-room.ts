import { type Batch, itemCount, type Lease, sizeBytes } from '../../component/batch.ts'
import { claimSlots, type Delivery, type Retryable, type Slot } from '../../component/delivery.ts'
import type { MemoryLedger } from '../../component/memory.ts'

export type Sizer = 'requests' | 'items' | 'bytes'

/** Size of a batch in units of a sizer. */
export function sizeOf(batch: Batch, sizer: Sizer): number {
  if (sizer === 'requests') return 1
  return sizer === 'items' ? itemCount(batch) : sizeBytes(batch)
}

/** Refusal of a queue at its capacity; SDKs give up on long hints, so the hint is short. */
export const queueIsFull: Retryable = {
  kind: 'retryable',
  reason: 'sending queue is full',
  retryAfterMs: 1000,
}

/** Refusal where the ledger of memory has no room for a batch that no receiver paid for. */
export const memoryIsFull: Retryable = { kind: 'retryable', reason: 'memory', retryAfterMs: 1000 }

/** What a delivery brought with it when it arrived. */
export interface Arrival {
  /** Room was promised, so the batch must be taken. */
  readonly isExpected: boolean
  /** Memory that was reserved together with the room. */
  readonly leases: readonly Lease[]
}

/**
 * The capacity of one queue: what is promised, and what is occupied by batches from the moment they
 * are taken until they are finished. Every batch also holds memory in the one ledger, through the
 * leases it carries or, where it has none, through one of its own.
 */
export class QueueRoom {
  readonly capacity: number
  readonly #memory: MemoryLedger
  readonly #elsewhere: ((total: number, asked: number) => boolean) | undefined
  readonly #waiting = new Set<() => void>()
  #promised = 0
  #occupied = 0
  /** What the claims of one delivery left for {@link redeem}. */
  #claimed: Lease[] = []
  #isExpected = false

  /** @param elsewhere decides instead of the capacity whether there is room, also of `asked` alone */
  constructor(
    capacity: number,
    memory: MemoryLedger,
    elsewhere?: (total: number, asked: number) => boolean,
  ) {
    this.capacity = capacity
    this.#memory = memory
    this.#elsewhere = elsewhere
  }

  /** What the batches in the queue occupy, in units of its sizer. */
  get occupied(): number {
    return this.#occupied
  }

  fits(size: number): boolean {
    const asked = this.#promised + size
    const total = this.#occupied + asked
    return this.#elsewhere ? this.#elsewhere(total, asked) : total <= this.capacity
  }

  /** Promises room for a batch that is still on its way. */
  promise(batch: Batch, size: number): Slot | Retryable {
    if (!this.fits(size)) return queueIsFull
    const lease = batch.leases.length > 0 ? undefined : this.#memory.reserve(sizeBytes(batch))
    if (lease === undefined && batch.leases.length === 0) return memoryIsFull
    this.#promised += size
    let state: 'open' | 'claimed' | 'released' = 'open'
    return {
      claim: () => {
        if (state === 'released') return
        this.#isExpected = true
        if (state === 'claimed') return
        state = 'claimed'
        this.#promised -= size
        if (lease) this.#claimed.push(lease)
      },
      release: () => {
        if (state !== 'open') return
        state = 'released'
        this.#promised -= size
        lease?.release()
        this.announce()
      },
    }
  }

  /** Redeems what was promised to a delivery, at the moment it arrives. */
  redeem(delivery: Delivery): Arrival {
    this.#claimed = []
    this.#isExpected = false
    claimSlots(delivery)
    const isExpected = this.#isExpected
    const leases = this.#claimed
    this.#claimed = []
    return { isExpected, leases }
  }

  /**
   * The leases that a batch holds while it is in the queue, taken over by the caller; `undefined`
   * when it has none and no memory is free. An expected batch goes in without, as a last resort.
   */
  leasesFor(batch: Batch, { isExpected, leases }: Arrival): readonly Lease[] | undefined {
    if (batch.leases.length > 0) {
      for (const lease of batch.leases) lease.retain()
      for (const lease of leases) lease.release()
      return batch.leases
    }
    if (leases.length > 0) return leases
    const lease = this.#memory.reserve(sizeBytes(batch))
    if (lease !== undefined) return [lease]
    return isExpected ? [] : undefined
  }

  occupy(size: number): void {
    this.#occupied += size
  }

  vacate(size: number): void {
    this.#occupied -= size
  }

  /** Calls everybody who waits for room, once. */
  announce(): void {
    const callbacks = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of callbacks) callback()
  }

  /** Calls back once when room, here or in memory, has been freed. */
  onRoom(callback: () => void): () => void {
    const forget = () => {
      this.#waiting.delete(once)
      forgetMemory()
    }
    const once = () => {
      forget()
      callback()
    }
    const forgetMemory = this.#memory.onRoom(once)
    this.#waiting.add(once)
    return forget
  }
}
