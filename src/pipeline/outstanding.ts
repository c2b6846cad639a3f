import type { Outcome } from '../component/delivery.ts'
import type { Bell } from './bell.ts'

interface Open {
  readonly bytes: number
  readonly waiting: ((outcome: Outcome) => void)[]
}

/** Records that were folded and whose outputs have not all come to rest, oldest first. */
export class Outstanding {
  readonly #open = new Map<number, Open>()
  readonly #bell: Bell
  #bytes = 0

  /** @param bell rung whenever a record comes to rest */
  constructor(bell: Bell) {
    this.#bell = bell
  }

  get records(): number {
    return this.#open.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @param offset greater than any before */
  add(offset: number, bytes: number): void {
    this.#open.set(offset, { bytes, waiting: [] })
    this.#bytes += bytes
  }

  /** Calls back when a record comes to rest; `false` where it has. */
  join(offset: number, settle: (outcome: Outcome) => void): boolean {
    const open = this.#open.get(offset)
    open?.waiting.push(settle)
    return open !== undefined
  }

  /** All outputs of a record have come to rest. */
  settle(offset: number, outcome: Outcome): void {
    const open = this.#open.get(offset)
    if (open === undefined) return
    this.#open.delete(offset)
    this.#bytes -= open.bytes
    for (const settle of open.waiting) settle(outcome)
    this.#bell.ring()
  }

  /** Whether every record below an offset has come to rest. */
  isSettledBelow(offset: number): boolean {
    const oldest = this.#open.keys().next()
    return oldest.done === true || oldest.value >= offset
  }
}
