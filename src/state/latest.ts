import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'
import type { Summary } from './summary.ts'
import { Union } from './union.ts'

/** Which of two values is the newer: (time, revision) or (term, version), the first number first. */
export type Order = readonly [major: number, minor: number]

interface Entry<T> {
  readonly order: Order
  readonly value: T
}

/**
 * The newest value by key, whatever order values come in; one that is older than what is kept
 * changes nothing. Of two values of the same order the one with the greater JSON text stays, so
 * that everybody keeps the same. Values are plain JSON data.
 */
export class Latest<T> implements Summary {
  readonly kind = 'latest'
  readonly format = 1
  readonly #entries: Union<Entry<T>>

  /** @param cap keys; beyond it the one that is longest there is given up and counted */
  constructor(cap: number) {
    this.#entries = new Union<Entry<T>>(newer, cap)
  }

  /**
   * @param order two finite numbers
   * @returns what is kept now
   */
  put(key: string, value: T, order: Order): T {
    if (!order.every(Number.isFinite)) throw new RangeError(`${key} comes in no order`)
    return this.#entries.put(key, { order, value }).value
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value
  }

  order(key: string): Order | undefined {
    return this.#entries.get(key)?.order
  }

  delete(key: string): boolean {
    return this.#entries.delete(key)
  }

  get size(): number {
    return this.#entries.size
  }

  get evicted(): number {
    return this.#entries.evicted
  }

  /** In order of age, since eviction depends on it. */
  snapshot(): (readonly [string, Entry<T>])[] {
    return this.#entries.snapshot()
  }

  merge(other: Latest<T>): void {
    this.#entries.merge(other.#entries)
  }

  clear(): void {
    this.#entries.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#entries.encode(out)
  }

  decode(from: BinaryReader): void {
    this.#entries.decode(from)
    for (const [, entry] of this.#entries.snapshot()) checkEntry(entry)
  }
}

function newer<T>(a: Entry<T>, b: Entry<T>): Entry<T> {
  return compare(a, b) < 0 ? b : a
}

function compare(a: Entry<unknown>, b: Entry<unknown>): number {
  const byOrder = a.order[0] - b.order[0] || a.order[1] - b.order[1]
  if (byOrder !== 0) return byOrder
  const [textA, textB] = [JSON.stringify(a.value), JSON.stringify(b.value)]
  return textA < textB ? -1 : textA > textB ? 1 : 0
}

function checkEntry(entry: unknown): void {
  const order = entry !== null && typeof entry === 'object' && 'order' in entry && entry.order
  const isOrder = Array.isArray(order) && order.length === 2 && order.every(Number.isFinite)
  if (!isOrder) throw new DamagedStateError('a stored value has no order')
}
