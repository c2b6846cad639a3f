import type { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import type { Dropped, DropReason, Drops } from './drops.ts'
import type { FileSystem } from './file-system.ts'

/**
 * When what is written is safe from a power loss: before it is acknowledged, some time later (what
 * came since is lost), or when the system pleases.
 */
export type SyncPolicy =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'interval'; readonly everyMs: number }

/** What a log does when it is full. */
export type WhenFull = 'reject' | 'block' | 'drop_oldest'

/** Logs that one shares its budget with. */
export interface OtherLogs {
  /** What they could drop. */
  readonly droppableBytes: () => number
  /** Whether one of them has made room. */
  readonly makeRoom: () => Promise<boolean>
}

export interface SegmentLogOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly clock: Clock
  /** A new random 32-bit number. */
  readonly salt: () => number
  readonly sync: SyncPolicy
  readonly segmentBytes: number
  /** What this log may take. */
  readonly maxBytes: number
  /** What it may take together with other logs; its own alone where absent. */
  readonly budget?: Budget
  /** How many records it may hold; as many as fit where absent. */
  readonly maxRecords?: number
  /** Segments whose newest record was received longer ago are dropped; off where absent. */
  readonly maxAgeMs?: number
  readonly whenFull: WhenFull
  /** Others that make room when a log that drops its oldest is full and has nothing to drop. */
  readonly others?: OtherLogs
  /** Told of every loss, besides the counts in {@link LogStatus}. */
  readonly onDropped?: (reason: DropReason, dropped: Dropped) => void
}

/** What a log says about itself; what it holds is now, counts are since the start. */
export interface LogStatus {
  readonly segments: number
  /** Of segments; what is settled and not unlinked yet counts too. */
  readonly bytes: number
  readonly heldRecords: number
  /** Of records of an older run only once they are found; see `SegmentLog.explored`. */
  readonly heldItems: number
  readonly heldBytes: number
  /** When the oldest held record was received. */
  readonly oldestMs: number | undefined
  readonly nextSequence: number
  readonly damagedRecords: number
  /** Of damaged bytes that are kept for people to look at. */
  readonly quarantinedBytes: number
  /** Records by reason. */
  readonly dropped: Drops['records']
  readonly droppedItems: Drops['items']
  readonly failedReads: number
  readonly failedWrites: number
  readonly failedCheckpoints: number
}
