import type { FileSystem, Volume } from './file-system.ts'

export interface BudgetOptions {
  readonly files: FileSystem
  readonly directory: string
  /** Stays free on the volume, besides 5 %, so that checkpoints and segments can still be made. */
  readonly segmentBytes: number
  /** What all that share the budget may take together. */
  readonly maxBytes: number
}

/** Share of the volume that stays free for everyone else. */
const reservedShare = 0.05

/** Share of the budget that is kept for vital records. */
const vitalShare = 1 / 16

/** How many bytes may be written: within a bound of our own, and within what the volume has. */
export class Budget {
  readonly #options: BudgetOptions
  readonly #listeners = new Set<() => void>()
  #usedBytes = 0
  #volume: Volume | undefined
  #spentBytes = 0

  constructor(options: BudgetOptions) {
    this.#options = options
  }

  get maxBytes(): number {
    return this.#options.maxBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** As it was when it was looked at last. */
  get volume(): Volume | undefined {
    return this.#volume
  }

  /** What an ordinary record may take, as far as is known. */
  get ordinaryBytes(): number {
    return Math.min(this.largestBytes(false) - this.#usedBytes, this.volumeBytes(false))
  }

  /** What a vital record may take: the reserves too. */
  get vitalBytes(): number {
    return Math.min(this.maxBytes - this.#usedBytes, this.volumeBytes(true))
  }

  /** What the volume has for one, whatever our own bound; fewer than none where others filled it. */
  volumeBytes(isVital: boolean): number {
    if (!this.#volume) return Number.POSITIVE_INFINITY
    const { freeBytes, totalBytes } = this.#volume
    const reserveBytes = isVital ? 0 : this.#options.segmentBytes + reservedShare * totalBytes
    return freeBytes - this.#spentBytes - reserveBytes
  }

  /** What one record can be at most. */
  largestBytes(isVital: boolean): number {
    const reserveBytes = Math.min(this.#options.segmentBytes, this.maxBytes * vitalShare)
    return this.maxBytes - (isVital ? 0 : reserveBytes)
  }

  /** @param bytes fewer than none where some were freed */
  use(bytes: number): void {
    this.#usedBytes += bytes
    this.#spentBytes += bytes
    if (bytes < 0) for (const callback of this.#listeners) callback()
  }

  /** Calls back when bytes were freed; the returned function ends that. */
  onRoom(callback: () => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  /** Asks the system how full the volume is, unless little was written since, or far from full. */
  async look(): Promise<void> {
    if (this.#volume && this.#spentBytes * 8 < this.volumeBytes(false)) return
    try {
      this.#volume = await this.#options.files.volume(this.#options.directory)
    } catch {
      this.#volume = undefined
    }
    this.#spentBytes = 0
  }
}
