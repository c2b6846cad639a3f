import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { byKey, readMap, writeList } from './summary.ts'

/** A key and when it is due, milliseconds since the Unix epoch. */
export interface Due {
  readonly key: string
  readonly dueMs: number
}

/**
 * What a component waits for: keys and the record time at which they are due. They fire when a
 * record at or after that time is folded, in order of time, then key.
 *
 * A heap with stale entries: moving a due time leaves the old entry behind, to be passed over when
 * it surfaces; the heap is rebuilt once most of it is stale, so its size stays proportional.
 */
export class DueTimes {
  readonly #dues = new Map<string, number>()
  #heap: Due[] = []

  /** Sets or moves a due time. */
  set(key: string, dueMs: number): void {
    if (Number.isNaN(dueMs)) throw new RangeError(`${key} is due at no time`)
    if (this.#dues.get(key) === dueMs) return
    this.#dues.set(key, dueMs)
    if (this.#heap.length > 2 * this.#dues.size + 64) this.#rebuild()
    else push(this.#heap, { key, dueMs })
  }

  clear(key: string): void {
    this.#dues.delete(key)
  }

  get(key: string): number | undefined {
    return this.#dues.get(key)
  }

  get size(): number {
    return this.#dues.size
  }

  /** The earliest due time, or `undefined` when nothing waits. */
  get nextMs(): number | undefined {
    return this.#first()?.dueMs
  }

  /** Removes and returns the earliest key due at `atMs`, if any. */
  take(atMs: number): Due | undefined {
    const first = this.#first()
    if (first === undefined || first.dueMs > atMs) return undefined
    this.#dues.delete(first.key)
    pop(this.#heap)
    return first
  }

  snapshot(): (readonly [string, number])[] {
    return [...this.#dues].sort(byKey)
  }

  clearAll(): void {
    this.#dues.clear()
    this.#heap = []
  }

  *encode(out: BinaryWriter): Generator<undefined, void> {
    yield* writeList(out, this.#dues.size, this.#dues, ([key, dueMs]) => {
      out.text(key)
      out.double(dueMs)
    })
  }

  decode(from: BinaryReader): void {
    this.clearAll()
    readMap(from, 9, () => from.number(), this.#dues)
    this.#rebuild()
  }

  #first(): Due | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#dues.get(top.key) === top.dueMs) return top
      pop(this.#heap)
    }
    return undefined
  }

  #rebuild(): void {
    this.#heap = [...this.#dues].map(([key, dueMs]) => ({ key, dueMs })).sort(compare)
  }
}

function compare(a: Due, b: Due): number {
  return a.dueMs - b.dueMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}

function push(heap: Due[], due: Due): void {
  let at = heap.length
  heap.push(due)
  while (at > 0) {
    const parentAt = (at - 1) >> 1
    const parent = heap[parentAt]
    if (parent === undefined || compare(parent, due) <= 0) break
    heap[at] = parent
    at = parentAt
  }
  heap[at] = due
}

function pop(heap: Due[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    const childAt = smallerChild(heap, at)
    const child = heap[childAt]
    if (child === undefined || compare(last, child) <= 0) break
    heap[at] = child
    at = childAt
  }
  heap[at] = last
}

function smallerChild(heap: readonly Due[], at: number): number {
  const left = heap[2 * at + 1]
  const right = heap[2 * at + 2]
  return right !== undefined && left !== undefined && compare(right, left) < 0
    ? 2 * at + 2
    : 2 * at + 1
}
