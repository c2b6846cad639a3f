import { AcknowledgedSet } from './acknowledged-set.ts'
import { type KnownRecord, RecordIndex } from './record-index.ts'

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
  readonly records = new RecordIndex()
  /** Records lost to damage, by where the damage starts. */
  readonly damaged = new Map<number, number>()
  /** Where the last committed record ends. */
  endBytes = 0
  /** One more than the sequence of its last record. */
  nextSequence: number
  sealed = false
  /** Unlinked; a reader that still holds the file stops here. */
  released = false
  /** Some of it may not have reached the disk, and no later sync can tell. */
  unsafe = false
  /** Attempts to read it that failed, one after the other. */
  failedReads = 0
  #heldItems = 0
  #heldBytes = 0

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

  /** Of the records that are known; those of an older run become known as they are found. */
  get heldItems(): number {
    return this.#heldItems
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** When the oldest record that somebody needs was received, if that is known. */
  get oldestMs(): number | undefined {
    return this.records.receivedMs(this.acknowledged.lowWater - this.name.base)
  }

  /** What is said of a record once is enough. */
  know(sequence: number, record: KnownRecord): void {
    const at = sequence - this.name.base
    if (at < 0 || this.records.has(at)) return
    this.records.set(at, record)
    if (this.acknowledged.has(sequence)) return
    this.#heldItems += record.items
    this.#heldBytes += record.sizeBytes
  }

  /** Whether it was held. */
  acknowledge(sequence: number): boolean {
    if (sequence >= this.nextSequence || !this.acknowledged.add(sequence)) return false
    this.#letGo(sequence)
    return true
  }

  acknowledgeBelow(sequence: number): void {
    const end = Math.min(sequence, this.nextSequence)
    for (let at = this.acknowledged.lowWater; at < end; at++) {
      if (!this.acknowledged.has(at)) this.#letGo(at)
    }
    this.acknowledged.addBelow(end)
  }

  /** How many of its sequences from one on nobody has settled. */
  unsettledFrom(sequence: number): number {
    let count = 0
    for (let at = sequence; at < this.nextSequence; at++) if (!this.acknowledged.has(at)) count++
    return count
  }

  /** It ends before `sequence`; what lies behind is not its own. */
  endAt(sequence: number): void {
    if (sequence >= this.nextSequence) return
    for (let at = sequence; at < this.nextSequence; at++) {
      if (!this.acknowledged.has(at)) this.#letGo(at)
    }
    this.acknowledged.endAt(sequence)
    this.nextSequence = sequence
  }

  /** It will not be written again. */
  seal(): void {
    this.sealed = true
    this.records.trim(this.nextSequence - this.name.base)
  }

  #letGo(sequence: number): void {
    const at = sequence - this.name.base
    this.#heldItems -= this.records.items(at)
    this.#heldBytes -= this.records.sizeBytes(at)
  }
}
