import { AcknowledgedSet } from './acknowledged-set.ts'

/** What a segment's file name says; nothing inside the file repeats it. */
export interface SegmentName {
  /** Order of creation. */
  readonly number: number
  /** Sequence of its first record. */
  readonly base: number
  /** Seed of its header CRCs. */
  readonly salt: number
}

const pattern = /^(\d{10})-(\d{16})-([0-9a-f]{8})\.segment$/

export function segmentFile({ number, base, salt }: SegmentName): string {
  const parts = [String(number).padStart(10, '0'), String(base).padStart(16, '0')]
  return `${parts.join('-')}-${salt.toString(16).padStart(8, '0')}.segment`
}

export function parseSegmentFile(file: string): SegmentName | undefined {
  const [, number, base, salt] = pattern.exec(file) ?? []
  if (number === undefined || base === undefined || salt === undefined) return undefined
  return { number: Number(number), base: Number(base), salt: Number.parseInt(salt, 16) }
}

/** One file of the log as far as it is known; a sealed one is never written again. */
export class Segment {
  readonly name: SegmentName
  readonly acknowledged: AcknowledgedSet
  /** Records lost to damage, by where the damage starts. */
  readonly damaged = new Map<number, number>()
  /** Where the last committed record ends. */
  endBytes = 0
  /** One more than the sequence of its last record. */
  nextSequence: number
  sealed = false
  /** Unlinked; a reader that still holds the file stops here. */
  released = false

  constructor(name: SegmentName, acknowledged = new AcknowledgedSet(name.base)) {
    this.name = name
    this.acknowledged = acknowledged
    this.nextSequence = name.base
  }

  /** Whether nobody needs what it holds. */
  get complete(): boolean {
    return this.acknowledged.lowWater >= this.nextSequence
  }

  get heldRecords(): number {
    return Math.max(0, this.nextSequence - this.name.base - this.acknowledged.size)
  }

  get damagedRecords(): number {
    return [...this.damaged.values()].reduce((sum, count) => sum + count, 0)
  }
}
