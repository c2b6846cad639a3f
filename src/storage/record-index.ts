/** What is known of a record without reading it. */
export interface KnownRecord {
  /** With its header. */
  readonly sizeBytes: number
  readonly items: number
  readonly receivedMs: number
}

const fields = 3

/** Size, items and receive time of the records of one segment: 12 bytes of memory for each. */
export class RecordIndex {
  #values = new Uint32Array()
  #firstMs = 0
  #newestMs = 0

  /** When its newest record was received; 0 while none is known. */
  get newestMs(): number {
    return this.#newestMs
  }

  /** @param at position in the segment, from 0 */
  set(at: number, { sizeBytes, items, receivedMs }: KnownRecord): void {
    if (this.#newestMs === 0) this.#firstMs = receivedMs
    this.#newestMs = Math.max(this.#newestMs, receivedMs)
    this.#grow((at + 1) * fields)
    this.#values[at * fields] = sizeBytes
    this.#values[at * fields + 1] = items
    // A clock that was set back reads as no time gone by.
    this.#values[at * fields + 2] = Math.max(0, receivedMs - this.#firstMs)
  }

  has(at: number): boolean {
    return this.sizeBytes(at) > 0
  }

  get(at: number): KnownRecord | undefined {
    const receivedMs = this.receivedMs(at)
    if (receivedMs === undefined) return undefined
    return { sizeBytes: this.sizeBytes(at), items: this.items(at), receivedMs }
  }

  /** 0 for one that is not known. */
  sizeBytes(at: number): number {
    return this.#values[at * fields] ?? 0
  }

  items(at: number): number {
    return this.#values[at * fields + 1] ?? 0
  }

  receivedMs(at: number): number | undefined {
    return this.has(at) ? this.#firstMs + (this.#values[at * fields + 2] ?? 0) : undefined
  }

  /** No more records will come than `count`. */
  trim(count: number): void {
    if (this.#values.length > count * fields) this.#values = this.#values.slice(0, count * fields)
  }

  #grow(length: number): void {
    if (length <= this.#values.length) return
    const grown = new Uint32Array(Math.max(length, this.#values.length * 2, 64 * fields))
    grown.set(this.#values)
    this.#values = grown
  }
}
