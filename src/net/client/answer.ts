import type { Permanent, Retryable } from '../../component/delivery.ts'

/** The destination took a request, apart from the items that it refused in its partial success. */
export interface Sent {
  readonly kind: 'sent'
  /** Items that the destination refused for good; never retried. */
  readonly rejected: number
}

/** What one attempt came to. */
export type Answer = Sent | Retryable | Permanent

/** One request to a destination; each call of `send` is one attempt, with its own deadline. */
export interface OutgoingRequest {
  readonly items: number
  /** Rejects only for a defect; what the network does is an answer. */
  send(): Promise<Answer>
}

/** Why items were given up. */
export type DropReason =
  | 'permanent'
  | 'retries_exhausted'
  | 'retry_disabled'
  | 'shutdown'
  | 'defect'

/** A request that was given up, and what its sender may be told. */
export interface Failed {
  readonly kind: 'failed'
  readonly reason: DropReason
  readonly outcome: Retryable | Permanent
}

/** What a request came to in the end. */
export type Final = Sent | Failed
