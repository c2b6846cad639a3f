import type { Lease } from './batch.ts'

/** What the memory ledger says about itself. */
export interface MemoryStatus {
  readonly limit_bytes: number
  readonly reserved_bytes: number
  readonly peak_bytes: number
  readonly refused: number
}

/** What the runtime itself needs, and what the ledger cannot see, in bytes. */
const runtimeBytes = 320 * 2 ** 20

/**
 * What the ledger may give out so that the process as a whole stays below a limit: the limit less
 * what the runtime needs, and at least a quarter of it.
 */
export function admissionBytes(limitMib: number): number {
  const limitBytes = limitMib * 2 ** 20
  return Math.max(limitBytes - runtimeBytes, limitBytes / 4)
}

/**
 * The one ledger of memory: bodies being read, queued batches, open traces and state reserve here
 * before they grow. Numbers, not measurements: what is not reserved is not seen.
 */
export class MemoryLedger {
  readonly #limitBytes: number
  readonly #waiting = new Set<() => void>()
  #reservedBytes = 0
  #peakBytes = 0
  #refused = 0

  /** @param limitBytes what all holders together may reserve */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** A lease on `bytes`, held once by the caller, or `undefined` when that much is not free. */
  reserve(bytes: number): GrowingLease | undefined {
    if (!this.#take(bytes)) {
      this.#refused++
      return undefined
    }
    return new LedgerLease(bytes, this.#take, this.#give)
  }

  /** Calls back once when room has been freed; the returned function forgets it. */
  onRoom(callback: () => void): () => void {
    this.#waiting.add(callback)
    return () => this.#waiting.delete(callback)
  }

  status(): MemoryStatus {
    return {
      limit_bytes: this.#limitBytes,
      reserved_bytes: this.#reservedBytes,
      peak_bytes: this.#peakBytes,
      refused: this.#refused,
    }
  }

  #take = (bytes: number): boolean => {
    if (this.#reservedBytes + bytes > this.#limitBytes) return false
    this.#reservedBytes += bytes
    if (this.#reservedBytes > this.#peakBytes) this.#peakBytes = this.#reservedBytes
    return true
  }

  #give = (bytes: number): void => {
    this.#reservedBytes -= bytes
    const callbacks = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of callbacks) callback()
  }
}

/** A lease whose size follows what it stands for, as a body turns out longer or shorter. */
export interface GrowingLease extends Lease {
  /** Changes the size; `false`, and no change, when growing needs more than is free. */
  resize(bytes: number): boolean
}

class LedgerLease implements GrowingLease {
  readonly #take: (bytes: number) => boolean
  readonly #give: (bytes: number) => void
  #sizeBytes: number
  #holders = 1

  constructor(bytes: number, take: (bytes: number) => boolean, give: (bytes: number) => void) {
    this.#sizeBytes = bytes
    this.#take = take
    this.#give = give
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  resize(bytes: number): boolean {
    const more = bytes - this.#sizeBytes
    if (more > 0 && !this.#take(more)) return false
    this.#sizeBytes = bytes
    if (more < 0) this.#give(-more)
    return true
  }

  retain(): void {
    if (this.#holders === 0) throw new Error('a released lease cannot be retained')
    this.#holders++
  }

  release(): void {
    if (this.#holders === 0) throw new Error('a lease was released more often than retained')
    this.#holders--
    if (this.#holders === 0) this.#give(this.#sizeBytes)
  }
}
