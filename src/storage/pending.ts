import { type NewRecord, sizeOf } from './segment-writer.ts'

/** What became of an append. */
export type Appended =
  | { readonly kind: 'appended'; readonly sequence: number }
  | { readonly kind: 'retryable' | 'permanent'; readonly reason: string }

export interface PendingRecord {
  readonly record: NewRecord
  readonly resolve: (appended: Appended) => void
}

/** A record is two parts of a `writev`, of which the system takes 1024 at once. */
const maxGroupRecords = 512

/** Records that wait for the next commit, in order. */
export class Pending {
  #waiting: PendingRecord[] = []

  get size(): number {
    return this.#waiting.length
  }

  add(record: NewRecord): Promise<Appended> {
    return new Promise((resolve) => this.#waiting.push({ record, resolve }))
  }

  /**
   * Takes the oldest that fit.
   *
   * @param groupBytes what one group may hold; a single record may be larger
   */
  take(freeBytes: number, groupBytes: number): readonly PendingRecord[] {
    let [count, bytes] = [0, 0]
    for (const { record } of this.#waiting) {
      bytes += sizeOf(record)
      if (bytes > freeBytes || count === maxGroupRecords) break
      if (bytes > groupBytes && count > 0) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  /** Answers all that wait. */
  refuse(reason: string): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: 'retryable', reason })
  }
}
