import { type NewRecord, partsOf, sizeOf } from './new-record.ts'

/** What became of an append. */
export type Appended =
  | { readonly kind: 'appended'; readonly sequence: number }
  | { readonly kind: 'retryable' | 'permanent'; readonly reason: string }

export interface PendingRecord {
  readonly record: NewRecord
  readonly resolve: (appended: Appended) => void
}

/** What may be written now. */
export interface Room {
  readonly ordinaryBytes: number
  readonly vitalBytes: number
  readonly records: number
}

/** What the system takes in one `writev`. */
const maxGroupParts = 1024

/** Records that wait for the next commit, in order; vital ones go past others for which is no room. */
export class Pending {
  #waiting: PendingRecord[] = []
  #bytes = 0
  #vital = 0
  #last: Promise<unknown> = Promise.resolve()

  get size(): number {
    return this.#waiting.length
  }

  get vitalSize(): number {
    return this.#vital
  }

  /** With headers. */
  get bytes(): number {
    return this.#bytes
  }

  /** Of the smallest that waits. */
  get leastBytes(): number {
    return this.#waiting.reduce((least, { record }) => Math.min(least, sizeOf(record)), Infinity)
  }

  /** What the next group begins with. */
  get first(): NewRecord | undefined {
    return this.#waiting[0]?.record
  }

  /** Resolves when what was added last has its answer. */
  get last(): Promise<unknown> {
    return this.#last
  }

  add(record: NewRecord): Promise<Appended> {
    this.#bytes += sizeOf(record)
    if (record.isVital) this.#vital++
    const answer = new Promise<Appended>((resolve) => this.#waiting.push({ record, resolve }))
    this.#last = answer
    return answer
  }

  /**
   * Takes the oldest that fit.
   *
   * @param groupBytes what one group may hold; a single record may be larger
   */
  take(room: Room, groupBytes: number): readonly PendingRecord[] {
    const taken: PendingRecord[] = []
    const left: PendingRecord[] = []
    let [at, bytes, parts, isOrdinaryFull] = [0, 0, 0, false]
    for (; at < this.#waiting.length && taken.length < room.records; at++) {
      const pending = this.#waiting[at]
      if (!pending) break
      const { record } = pending
      const size = bytes + sizeOf(record)
      const fits = size <= (record.isVital ? room.vitalBytes : room.ordinaryBytes)
      if (!fits || (isOrdinaryFull && !record.isVital)) {
        left.push(pending)
        if (!record.isVital) isOrdinaryFull = true
        if (isOrdinaryFull && this.#vital === 0) break
        continue
      }
      parts += 1 + partsOf(record).length
      if (taken.length > 0 && (size > groupBytes || parts > maxGroupParts)) break
      bytes = size
      taken.push(pending)
    }
    // What was looked at last and not taken is in `left` or still stands at `at`.
    const rest = this.#waiting.slice(taken.length + left.length)
    this.#waiting = left.length > 0 ? [...left, ...rest] : rest
    for (const it of taken) this.#gone(it)
    return taken
  }

  /** Answers all that wait, or one kind of them. */
  refuse(reason: string, which: 'all' | 'ordinary' | 'vital' = 'all'): void {
    const isMeant = ({ record }: PendingRecord) =>
      which === 'all' || (which === 'vital') === (record.isVital === true)
    const refused = this.#waiting.filter(isMeant)
    this.#waiting = this.#waiting.filter((it) => !isMeant(it))
    for (const it of refused) {
      this.#gone(it)
      it.resolve({ kind: 'retryable', reason })
    }
  }

  #gone({ record }: PendingRecord): void {
    this.#bytes -= sizeOf(record)
    if (record.isVital) this.#vital--
  }
}
