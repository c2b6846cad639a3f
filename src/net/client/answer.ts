import type { Permanent, Retryable } from '../../component/delivery.ts'
import type { Payload } from '../../pdata/payload.ts'

/** The destination took a request, apart from the items that it refused in its partial success. */
export interface Sent {
  readonly kind: 'sent'
  /** Items that the destination refused for good; never retried. */
  readonly rejected: number
}

/** What a server wrote when it refused, where it wrote anything; kept with a dead letter. */
export interface Response {
  readonly response?: string
}

/** What one attempt came to. */
export type Answer = Sent | (Retryable & Response) | (Permanent & Response)

/** One request to a destination; each call of `send` is one attempt, with its own deadline. */
export interface OutgoingRequest {
  readonly items: number
  /** What it carries, where that is only a part of the batch. */
  readonly part?: Payload
  /** Rejects only for a defect; what the network does is an answer. */
  send(): Promise<Answer>
}

/** Why items were given up. The last four happen to what lies on disk; by hand, people drop it. */
export type DropReason =
  | 'permanent'
  | 'retries_exhausted'
  | 'retry_disabled'
  | 'shutdown'
  | 'defect'
  | 'queue_full'
  | 'too_old'
  | 'damaged'
  | 'by_hand'

/** A request that was given up, and what its sender may be told. */
export interface Failed extends Response {
  readonly kind: 'failed'
  readonly reason: DropReason
  readonly outcome: Retryable | Permanent
  /** How often it was sent. */
  readonly attempts: number
}

/** What a request came to in the end. */
export type Final = Sent | Failed
