import type { LogParts } from './log-parts.ts'
import type { Room } from './pending.ts'

const retryDelayMs = 1000

/**
 * Whether a log takes more: it has room, and writing works. After a failed write it is closed for
 * a second, then open for one attempt. Whoever was told that there is no room is called when there
 * is some again.
 */
export class Gate {
  readonly #parts: LogParts
  readonly #waiting = new Set<() => void>()
  readonly #unsubscribe: () => void
  #state: 'open' | 'failing' | 'trying' = 'open'
  #refusedBytes = 0

  constructor(parts: LogParts) {
    this.#parts = parts
    this.#unsubscribe = parts.budget.onRoom(() => this.#ring())
  }

  /** Whether the last write failed. */
  get isFailing(): boolean {
    return this.#state !== 'open'
  }

  onRoom(callback: () => void): () => void {
    this.#waiting.add(callback)
    return () => this.#waiting.delete(callback)
  }

  /** What may be written now, as far as is known. */
  room(): Room {
    const { budget, segments, options } = this.#parts
    const { maxBytes, maxRecords = Number.POSITIVE_INFINITY } = options
    const { bytes, records } = segments.held
    return {
      ordinaryBytes: Math.min(budget.ordinaryBytes, maxBytes - bytes),
      vitalBytes: Math.min(budget.vitalBytes, maxBytes - bytes),
      records: Math.max(0, maxRecords - records),
    }
  }

  /**
   * @param bytes of the record
   * @param pendingBytes of those that wait already
   */
  hasRoom(bytes: number, pendingBytes: number): boolean {
    const { ordinaryBytes, records } = this.room()
    const fits = bytes + pendingBytes <= ordinaryBytes && records > 0
    if (fits && this.#state !== 'failing') return true
    if (!fits) this.full(bytes)
    return false
  }

  /** Somebody was refused for want of room, which may come from outside too. */
  full(bytes: number): void {
    this.#refusedBytes = bytes
    this.#parts.timers.later('look', retryDelayMs, () => void this.#look())
  }

  failed(): void {
    this.#state = 'failing'
    this.#parts.timers.later('try', retryDelayMs, () => {
      if (this.#state !== 'failing') return
      this.#state = 'trying'
      this.#ring()
    })
  }

  worked(): void {
    if (this.#state === 'open') return
    this.#state = 'open'
    this.#ring()
  }

  close(): void {
    this.#unsubscribe()
    this.#waiting.clear()
  }

  async #look(): Promise<void> {
    await this.#parts.budget.look()
    const { ordinaryBytes, records } = this.room()
    if (this.#refusedBytes <= ordinaryBytes && records > 0) this.#ring()
    else this.full(this.#refusedBytes)
  }

  #ring(): void {
    for (const callback of [...this.#waiting]) callback()
  }
}
