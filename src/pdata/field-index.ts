import { empty, FieldReader, fixed32, fixed64AsBigInt, fixed64AsNumber, varint32 } from './wire.ts'

/** OTLP has no field number above this. */
const maxNumber = 16

/**
 * Where the fields of one message stand, found in one pass and read when asked. Of a field given
 * twice the last counts. Reused.
 */
export class FieldIndex {
  bytes: Buffer = empty
  from = 0
  to = 0
  readonly #from = new Int32Array(maxNumber + 1)
  readonly #to = new Int32Array(maxNumber + 1)
  /** Where the first occurrence of a field begins, at its tag. */
  readonly #first = new Int32Array(maxNumber + 1)
  readonly #reader = new FieldReader()

  reset(bytes: Buffer, from: number, to: number): this {
    this.bytes = bytes
    this.from = from
    this.to = to
    this.#first.fill(-1)
    const reader = this.#reader.reset(bytes, from, to)
    while (reader.next()) {
      const number = reader.tag >>> 3
      if (number > maxNumber) continue
      if ((this.#first[number] ?? 0) < 0) this.#first[number] = reader.start
      this.#from[number] = reader.from
      this.#to[number] = reader.to
    }
    return this
  }

  has(number: number): boolean {
    return (this.#first[number] ?? -1) >= 0
  }

  /** Where the first occurrence begins and the last ends; an empty range for a missing field. */
  firstOf(number: number): number {
    return this.has(number) ? (this.#first[number] ?? 0) : this.to
  }

  lastOf(number: number): number {
    return this.has(number) ? (this.#to[number] ?? 0) : this.to
  }

  /** The value of a length-delimited field, in `bytes`. */
  valueFrom(number: number): number {
    return this.has(number) ? (this.#from[number] ?? 0) : this.to
  }

  string(number: number): string {
    return this.has(number) ? this.bytes.toString('utf8', this.#from[number], this.#to[number]) : ''
  }

  /** An id as lower-case hex; empty when absent or all zero, which mean the same. */
  hex(number: number): string {
    const from = this.#from[number] ?? 0
    const to = this.#to[number] ?? 0
    if (!this.has(number)) return ''
    let at = from
    while (at < to && this.bytes[at] === 0) at++
    return at === to ? '' : this.bytes.toString('hex', from, to)
  }

  /**
   * Writes an id as 32-bit words, the first byte the highest.
   *
   * @returns whether it is there, of that length and not all zero; else the words are zero
   */
  words(number: number, into: Int32Array, at: number, count: number): boolean {
    const from = this.#from[number] ?? 0
    const isThere = this.has(number) && (this.#to[number] ?? 0) - from === 4 * count
    let bits = 0
    for (let word = 0; word < count; word++) {
      const value = isThere ? this.bytes.readInt32BE(from + 4 * word) : 0
      into[at + word] = value
      bits |= value
    }
    return bits !== 0
  }

  /** The bytes of a field, not copied. */
  view(number: number): Uint8Array {
    return this.has(number) ? this.bytes.subarray(this.#from[number], this.#to[number]) : empty
  }

  uint32(number: number): number {
    return this.has(number) ? varint32(this.bytes, this.#from[number] ?? 0) : 0
  }

  sint32(number: number): number {
    const bits = this.uint32(number)
    return (bits >>> 1) ^ -(bits & 1)
  }

  fixed32(number: number): number {
    return this.has(number) ? fixed32(this.bytes, this.#from[number] ?? 0) : 0
  }

  fixed64(number: number): number {
    return this.has(number) ? fixed64AsNumber(this.bytes, this.#from[number] ?? 0) : 0
  }

  fixed64BigInt(number: number): bigint {
    return this.has(number) ? fixed64AsBigInt(this.bytes, this.#from[number] ?? 0) : 0n
  }

  double(number: number): number | undefined {
    return this.has(number) ? this.bytes.readDoubleLE(this.#from[number] ?? 0) : undefined
  }
}
