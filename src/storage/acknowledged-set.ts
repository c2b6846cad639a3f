/** Which sequences of one segment are settled: a low-water mark and one bit for each above it. */
export class AcknowledgedSet {
  readonly #base: number
  #bits: Uint8Array<ArrayBuffer>
  #lowWater: number
  #size = 0

  /** @param bits as `bits()` gave them; bit `n` is the sequence `base + n` */
  constructor(base: number, bits: Uint8Array = new Uint8Array()) {
    this.#base = base
    this.#bits = Uint8Array.from(bits)
    this.#lowWater = base
    for (let at = base; at < base + bits.length * 8; at++) if (this.has(at)) this.#size++
    this.#raise()
  }

  /** Everything below is settled. */
  get lowWater(): number {
    return this.#lowWater
  }

  get size(): number {
    return this.#size
  }

  has(sequence: number): boolean {
    const at = sequence - this.#base
    return ((this.#bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
  }

  /** Whether it was new. */
  add(sequence: number): boolean {
    if (sequence < this.#base || this.has(sequence)) return false
    const at = sequence - this.#base
    this.#grow((at >> 3) + 1)
    this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7))
    this.#size++
    this.#raise()
    return true
  }

  bits(): Uint8Array {
    return this.#bits.subarray(0, this.#usedBytes())
  }

  #usedBytes(): number {
    let used = this.#bits.length
    while (used > 0 && this.#bits[used - 1] === 0) used--
    return used
  }

  #grow(lengthBytes: number): void {
    if (lengthBytes <= this.#bits.length) return
    const grown = new Uint8Array(Math.max(lengthBytes, this.#bits.length * 2, 64))
    grown.set(this.#bits)
    this.#bits = grown
  }

  #raise(): void {
    while (this.has(this.#lowWater)) this.#lowWater++
  }
}
