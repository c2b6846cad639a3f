import type { Batch } from './batch.ts'

/** The batch was taken over; its sender may forget it. */
export interface Delivered {
  readonly kind: 'delivered'
}

/** The batch was not taken; the same batch may succeed later. */
export interface Retryable {
  readonly kind: 'retryable'
  readonly reason: string
  /** How long to wait before the next attempt, in milliseconds, where known. */
  readonly retryAfterMs?: number
  /** gRPC status code that an upstream gave, where one did; travels back to the client. */
  readonly grpcStatus?: number
}

/** The batch was not taken and never will be. */
export interface Permanent {
  readonly kind: 'permanent'
  readonly reason: string
  readonly grpcStatus?: number
}

export type Outcome = Delivered | Retryable | Permanent

export const delivered: Delivered = { kind: 'delivered' }

/** Room that a destination holds for one batch; used when the batch arrives, else released. */
export interface Slot {
  /**
   * Ends the reservation because the batch has arrived; its real size counts from here on. Parts
   * of a split batch claim the same slot: to each it says that it must be taken.
   */
  claim(): void
  /** Gives the room back, unless it was claimed. */
  release(): void
}

/** A batch on its way, and the one word about what became of it. */
export interface Delivery<B extends Batch = Batch> {
  readonly batch: B
  /** Called exactly once, by whoever takes the batch over. */
  settle(outcome: Outcome): void
  /** Its client waits for what becomes of the batch, not for it to be taken into a queue. */
  readonly awaitsResult?: true
  /** Rooms reserved for this batch, keyed by `pipeline>exporter`. Helpers carry them along. */
  readonly slots?: Slots
  /** Destinations that have this batch from an earlier attempt; only what we derived has this. */
  readonly done?: Done
  /** When the client wants its answer; absent, as is usual where it arrives. */
  readonly acknowledge?: Acknowledge
}

/**
 * When a client is answered: once the queue of every destination has its batch, once it is on disk,
 * or once every destination has answered.
 */
export type Acknowledge = 'memory' | 'durable' | 'downstream'

/** Destinations, as `pipeline>exporter`, that have a batch. */
export interface Done {
  readonly size: number
  has(destination: string): boolean
  add(destination: string): unknown
}

export type Slots = ReadonlyMap<string, readonly Slot[]>

/**
 * Takes over every room reserved for a delivery, at its destination.
 *
 * @returns whether there was any: then the destination must take the batch
 */
export function claimSlots(delivery: Delivery): boolean {
  let claimed = false
  for (const slots of delivery.slots?.values() ?? []) {
    for (const slot of slots) {
      slot.claim()
      claimed = true
    }
  }
  return claimed
}

const rank = { delivered: 0, permanent: 1, retryable: 2 } as const

/**
 * The outcome of a whole from its parts: delivered only when all are, retryable as soon as one part
 * could still be saved by a retry, permanent otherwise.
 */
export function worst(outcomes: Iterable<Outcome>): Outcome {
  let result: Outcome = delivered
  for (const outcome of outcomes) {
    if (rank[outcome.kind] > rank[result.kind]) result = outcome
    else if (outcome.kind === 'retryable' && result.kind === 'retryable') {
      result = laterRetry(result, outcome)
    }
  }
  return result
}

function laterRetry(a: Retryable, b: Retryable): Retryable {
  return (b.retryAfterMs ?? 0) > (a.retryAfterMs ?? 0) ? b : a
}

/**
 * One settle function for several holders: `whole` is called with the worst outcome once all parts
 * have settled. Each returned function counts once; a second call goes to `twice`.
 *
 * @param parts number of holders, at least 1
 */
export function shareSettle(
  parts: number,
  whole: (outcome: Outcome) => void,
  twice: () => void = () => {},
): ((outcome: Outcome) => void)[] {
  const outcomes: Outcome[] = []
  return Array.from({ length: parts }, () =>
    settleOnce((outcome) => {
      outcomes.push(outcome)
      if (outcomes.length === parts) whole(worst(outcomes))
    }, twice),
  )
}

/** Lets the first outcome through; every further one goes to `twice`, which is a defect to count. */
export function settleOnce(
  settle: (outcome: Outcome) => void,
  twice: () => void = () => {},
): (outcome: Outcome) => void {
  let settled = false
  return (outcome) => {
    if (settled) return twice()
    settled = true
    settle(outcome)
  }
}
