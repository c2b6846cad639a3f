import type { DatedEntry } from './chain-writer.ts'
import type { Head } from './entry.ts'

/** An entry that waits for the disk. */
export interface WaitingEntry {
  readonly entry: DatedEntry
  readonly bytes: number
  readonly resolve: (head: Head) => void
  readonly reject: (cause: Error) => void
}

/** What is written at once, and what may wait; a single entry may take 1 MiB. */
const groupBytes = 2 ** 20
const maxBytes = 2 ** 24

/** Entries that wait for the next write, in order, bounded by number and bytes. */
export class Waiting {
  readonly #entries: WaitingEntry[] = []
  readonly #maxEntries: number
  #bytes = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#entries.length
  }

  hasRoom(bytes: number): boolean {
    return this.#entries.length < this.#maxEntries && this.#bytes + bytes <= maxBytes
  }

  /** Resolves or rejects as whoever takes it says. */
  add(entry: DatedEntry, bytes: number): Promise<Head> {
    this.#bytes += bytes
    return new Promise((resolve, reject) => {
      this.#entries.push({ entry, bytes, resolve, reject })
    })
  }

  /** The oldest, all of one day. */
  take(): readonly WaitingEntry[] {
    const day = this.#entries[0]?.entry.at.slice(0, 10) ?? ''
    let [count, bytes] = [0, 0]
    for (const it of this.#entries) {
      const isTooMuch = count > 0 && bytes + it.bytes > groupBytes
      if (isTooMuch || !it.entry.at.startsWith(day)) break
      bytes += it.bytes
      count++
    }
    this.#bytes -= bytes
    return this.#entries.splice(0, count)
  }
}
