/** What is left of a set between two starts. */
export interface AcknowledgedBits {
  /** Everything below is settled. */
  readonly lowWater: number
  /** Bit `n` is the sequence `base + n`; those below the low-water mark say nothing. */
  readonly bits: Uint8Array
}

/** Which sequences of one segment are settled: a low-water mark and one bit for each above it. */
export class AcknowledgedSet {
  readonly #base: number
  #bits: Uint8Array<ArrayBuffer>
  #lowWater: number
  #size: number

  constructor(base: number, { lowWater, bits }: AcknowledgedBits = nothingOf(base)) {
    this.#base = base
    this.#bits = Uint8Array.from(bits)
    this.#lowWater = Math.max(base, lowWater)
    this.#size = this.#lowWater - base
    for (let at = this.#lowWater; at < this.#bitsEnd; at++) if (this.#bit(at)) this.#size++
    this.#raise()
  }

  /** Everything below is settled. */
  get lowWater(): number {
    return this.#lowWater
  }

  /** How many are settled, from the base on. */
  get size(): number {
    return this.#size
  }

  has(sequence: number): boolean {
    return sequence < this.#lowWater || this.#bit(sequence)
  }

  /** Whether it was new. */
  add(sequence: number): boolean {
    if (this.has(sequence)) return false
    this.#size++
    if (sequence === this.#lowWater) this.#lowWater++
    else this.#set(sequence)
    this.#raise()
    return true
  }

  /** Settles all below `sequence`; costs one step for each bit, and nothing for what has none. */
  addBelow(sequence: number): void {
    if (sequence <= this.#lowWater) return
    const bitsEnd = Math.min(sequence, this.#bitsEnd)
    let settled = 0
    for (let at = this.#lowWater; at < bitsEnd; at++) if (this.#bit(at)) settled++
    this.#size += sequence - this.#lowWater - settled
    this.#lowWater = sequence
    this.#raise()
  }

  /** There is nothing from `sequence` on. */
  endAt(sequence: number): void {
    for (let at = Math.max(sequence, this.#lowWater); at < this.#bitsEnd; at++) {
      if (this.#bit(at)) this.#size--
    }
    this.#size -= Math.max(0, this.#lowWater - sequence)
    this.#lowWater = Math.min(this.#lowWater, sequence)
    const [byte, bit] = [(sequence - this.#base) >> 3, (sequence - this.#base) & 7]
    this.#bits.fill(0, byte + 1)
    this.#bits[byte] = (this.#bits[byte] ?? 0) & ((1 << bit) - 1)
  }

  encode(): AcknowledgedBits {
    let used = this.#bits.length
    while (used > 0 && this.#bits[used - 1] === 0) used--
    const isAbove = this.#base + used * 8 > this.#lowWater
    return { lowWater: this.#lowWater, bits: this.#bits.subarray(0, isAbove ? used : 0) }
  }

  get #bitsEnd(): number {
    return this.#base + this.#bits.length * 8
  }

  #bit(sequence: number): boolean {
    const at = sequence - this.#base
    return ((this.#bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
  }

  #set(sequence: number): void {
    const at = sequence - this.#base
    this.#grow((at >> 3) + 1)
    this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7))
  }

  #grow(lengthBytes: number): void {
    if (lengthBytes <= this.#bits.length) return
    const grown = new Uint8Array(Math.max(lengthBytes, this.#bits.length * 2, 64))
    grown.set(this.#bits)
    this.#bits = grown
  }

  #raise(): void {
    while (this.#bit(this.#lowWater)) this.#lowWater++
  }
}

function nothingOf(base: number): AcknowledgedBits {
  return { lowWater: base, bits: new Uint8Array() }
}
