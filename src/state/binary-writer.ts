import { crc32 } from 'node:zlib'

const maxVarintBytes = 10

/**
 * Writes binary state. Integers are varints, least significant seven bits first; texts and
 * bytes stand behind their length. The buffer grows and is used again after `reset`.
 */
export class BinaryWriter {
  #bytes = Buffer.allocUnsafe(4096)
  #length = 0

  get length(): number {
    return this.#length
  }

  reset(): void {
    this.#length = 0
  }

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  /** @param value an integer from 0 to 2^53 - 1 */
  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count`)
    this.#room(maxVarintBytes)
    let rest = value
    while (rest >= 2 ** 31) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  /** @param value a safe integer; its sign is the lowest bit of the first byte */
  integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`)
    const magnitude = Math.abs(value)
    const rest = Math.floor(magnitude / 64)
    this.byte((value < 0 ? 1 : 0) | ((magnitude % 64) << 1) | (rest > 0 ? 128 : 0))
    if (rest > 0) this.count(rest)
  }

  /** An integer of any size: sign, then the magnitude as hexadecimal bytes. */
  bigInteger(value: bigint): void {
    const hex = (value < 0n ? -value : value).toString(16)
    this.byte(value < 0n ? 1 : 0)
    this.bytes(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'))
  }

  double(value: number): void {
    this.#room(8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
  }

  uint32(value: number): void {
    this.#room(4)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
  }

  /** UTF-8; half a surrogate pair has none, and then UTF-16 says it, with the lowest bit of the size set. */
  text(value: string): void {
    const encoding = value.isWellFormed() ? 'utf8' : 'utf16le'
    const sizeBytes = Buffer.byteLength(value, encoding)
    this.count(sizeBytes * 2 + (encoding === 'utf8' ? 0 : 1))
    this.#room(sizeBytes)
    this.#length += this.#bytes.write(value, this.#length, encoding)
  }

  bytes(value: Uint8Array): void {
    this.count(value.length)
    this.raw(value)
  }

  /** Bytes without their length. */
  raw(value: Uint8Array): void {
    this.#room(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** Plain JSON data. */
  json(value: unknown): void {
    this.text(JSON.stringify(value) ?? 'null')
  }

  /** Writes a length of four bytes later, once it is known: see {@link endSection}. */
  beginSection(): number {
    this.uint32(0)
    return this.#length
  }

  endSection(start: number): void {
    this.#bytes.writeUInt32LE(this.#length - start, start - 4)
  }

  /** CRC-32 of what was written from `start` to `end`, going on from `before`. */
  crc(start: number, end: number, before: number): number {
    return crc32(this.#bytes.subarray(start, end), before)
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length)
  }

  #room(sizeBytes: number): void {
    const needed = this.#length + sizeBytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
