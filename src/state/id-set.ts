import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import type { Summary } from './summary.ts'
import { Union } from './union.ts'

/**
 * A bounded set of ids, merged by union. Beyond its cap the id that is longest there is given up
 * and counted; `isWhole` says whether that ever happened.
 */
export class IdSet implements Summary {
  readonly kind = 'ids'
  readonly format = 1
  readonly #ids: Union<1>

  constructor(cap: number) {
    this.#ids = new Union<1>(() => 1, cap)
  }

  /** @returns whether it is new */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.put(id, 1)
    return true
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  delete(id: string): boolean {
    return this.#ids.delete(id)
  }

  get size(): number {
    return this.#ids.size
  }

  /** Whether every id that was added, and not deleted, is there. */
  get isWhole(): boolean {
    return this.evicted === 0
  }

  get evicted(): number {
    return this.#ids.evicted
  }

  /** In order of age, since eviction depends on it. */
  snapshot(): string[] {
    return this.#ids.snapshot().map(([id]) => id)
  }

  merge(other: IdSet): void {
    this.#ids.merge(other.#ids)
  }

  clear(): void {
    this.#ids.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#ids.encode(out)
  }

  decode(from: BinaryReader): void {
    this.#ids.decode(from)
  }
}
