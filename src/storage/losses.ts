import type { Budget } from './budget.ts'
import type { DropReason, Drops } from './drops.ts'
import type { Quarantine } from './quarantine.ts'
import type { Segment } from './segment.ts'
import type { Damage } from './segment-cursor.ts'
import type { Segments } from './segments.ts'

export interface LossesOptions {
  readonly segments: Segments
  readonly quarantine: Quarantine
  readonly budget: Budget
  readonly drops: Drops
  /** Told that something in a segment is settled. */
  readonly onSettled: (segment: Segment) => void
}

/** Gives up records, counted, and keeps what may help people to understand why. */
export class Losses {
  readonly #options: LossesOptions
  #damaged = 0

  constructor(options: LossesOptions) {
    this.#options = options
  }

  /** Records since the start that nobody can read any more. */
  get damagedRecords(): number {
    return this.#damaged
  }

  /** Counts a damage once, and settles what it took, so that its segment can go. */
  damaged = async (segment: Segment, damage: Damage): Promise<void> => {
    if (segment.damaged.has(damage.fromBytes)) return
    segment.damaged.set(damage.fromBytes, damage.records)
    this.#damaged += damage.records
    const { quarantine, budget, segments, drops, onSettled } = this.#options
    budget.use(await quarantine.keep(segment, damage))
    const before = segment.heldItems
    segments.change(segment, () => {
      for (let at = 0; at < damage.records; at++) segment.acknowledge(damage.firstSequence + at)
    })
    drops.add('damaged', { records: damage.records, items: before - segment.heldItems })
    onSettled(segment)
  }

  /** Records that were committed and are not in their file, which ends too early. */
  missing = (records: number): void => {
    this.#damaged += records
    this.#options.drops.add('damaged', { records, items: 0 })
  }

  /** All that a segment still holds; its file goes with the next release. */
  drop(segment: Segment, reason: DropReason): void {
    const { heldRecords: records, heldItems: items } = segment
    this.#options.segments.change(segment, () => segment.acknowledgeBelow(segment.nextSequence))
    this.#options.drops.add(reason, { records, items })
  }

  /**
   * Takes a sealed segment away that the system cannot read. Who read the records before
   * `position` has them; the others are lost. Where nothing of it is known, that is one at least.
   */
  async unreadable(segment: Segment, position: number): Promise<void> {
    const { quarantine, budget, segments, drops } = this.#options
    const isKnown = segment.records.newestMs > 0
    const items = segment.heldItems
    let records = 0
    segments.change(segment, () => {
      for (let at = Math.max(position, segment.name.base); at < segment.nextSequence; at++) {
        if (segment.acknowledge(at)) records++
      }
    })
    const lost = isKnown ? records : Math.min(1, records)
    this.#damaged += lost
    drops.add('unreadable', { records: lost, items: items - segment.heldItems })
    try {
      budget.use(await quarantine.take(segment))
    } finally {
      segments.remove(segment)
    }
  }
}
