import type { DropReason as LogReason } from '../../storage/drops.ts'
import type { ReadRecord } from '../../storage/log-reader.ts'
import type { SegmentLog } from '../../storage/segment-log.ts'
import type { DropReason } from './answer.ts'

/** What a log says of records that are gone, in the words of the queue's ledger. */
const reasons: Readonly<Record<LogReason, DropReason>> = {
  full: 'queue_full',
  too_many: 'queue_full',
  too_old: 'too_old',
  damaged: 'damaged',
  unreadable: 'damaged',
}

/** What changes in a queue's ledger because of what is, or is no longer, on disk. */
export interface BacklogAccount {
  /** Items from before the start. */
  recovered(items: number): void
  /** Items that the disk has lost or has made room for newer ones with. */
  lost(reason: DropReason, items: number): void
}

/**
 * Keeps the ledger of a queue equal to what its log holds: both count items, and what the log has
 * no more, though nobody acknowledged it, was lost.
 */
export class BacklogBooks {
  readonly #log: SegmentLog
  readonly #account: BacklogAccount
  /** Sequences from here on are of this run. */
  readonly #firstOwn: number
  /** Items on disk that are in the ledger. */
  #booked = 0
  #isExplored = false
  #dropped: Partial<Record<LogReason, number>> = {}

  constructor(log: SegmentLog, account: BacklogAccount) {
    this.#log = log
    this.#account = account
    this.#firstOwn = log.nextSequence
  }

  /** To be called once the log has looked at what it found at the start. */
  explored(): void {
    this.#isExplored = true
    const items = this.#log.status().heldItems - this.#booked
    if (items <= 0) return
    this.#account.recovered(items)
    this.#booked += items
  }

  /** Items that the ledger has are on disk now. */
  stored(items: number): void {
    this.#booked += items
  }

  /**
   * A record was read. One from before the start may not be in the ledger yet: the log is still
   * looking, or could not look there.
   */
  read(record: ReadRecord): void {
    const { sequence, items } = record
    const wasFound = this.#log.know(record)
    if (sequence >= this.#firstOwn || (this.#isExplored && !wasFound)) return
    this.#account.recovered(items)
    this.#booked += items
  }

  /** A record is not needed on disk any more, or is there no more; its items stay in the ledger. */
  gone(items: number): void {
    this.#booked -= items
  }

  /** Tells what the log says that it has lost; not while something is being written. */
  compare(): void {
    if (!this.#isExplored) return
    const { heldItems, dropped } = this.#log.status()
    const before = this.#dropped
    const reason = Object.keys(reasons).find((it) => isMore(it, dropped, before))
    if (!isReason(reason)) return
    this.#dropped = dropped
    const lost = this.#booked - heldItems
    if (lost <= 0) return
    this.#booked -= lost
    this.#account.lost(reasons[reason], lost)
  }
}

function isReason(text: string | undefined): text is LogReason {
  return text !== undefined && text in reasons
}

function isMore(
  reason: string,
  now: Partial<Record<LogReason, number>>,
  before: Partial<Record<LogReason, number>>,
): boolean {
  return isReason(reason) && (now[reason] ?? 0) > (before[reason] ?? 0)
}
