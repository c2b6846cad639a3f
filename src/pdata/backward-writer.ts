import { empty } from './wire.ts'

/**
 * Writes protobuf from the last byte to the first. A message's length is known once its content is
 * written, so nothing is measured twice, moved or patched. The caller visits fields in reverse.
 */
export class BackwardWriter {
  #bytes: Buffer
  /** Where the first written byte stands. */
  #pos: number
  /** Where the content ends; what lies behind it was sealed. */
  #end: number

  constructor(sizeHint = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(64, sizeHint))
    this.#pos = this.#bytes.length
    this.#end = this.#pos
  }

  /** How much is written: taken before and after a content, the difference is its length. */
  get length(): number {
    return this.#end - this.#pos
  }

  /** A copy of what was written, of exactly its size. */
  finish(): Uint8Array {
    return this.length === 0
      ? empty
      : Uint8Array.prototype.slice.call(this.#bytes, this.#pos, this.#end)
  }

  /** Leaves what was written where it stands, for good, and begins the next content before it. */
  seal(): { readonly bytes: Buffer; readonly from: number; readonly to: number } {
    const sealed = { bytes: this.#bytes, from: this.#pos, to: this.#end }
    this.#end = this.#pos
    return sealed
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[--this.#pos] = value
  }

  varint(value: number): void {
    if (value < 128) {
      this.byte(value)
      return
    }
    this.varint64(0, value >>> 0)
  }

  /** A 64-bit varint in two unsigned halves. */
  varint64(high: number, low: number): void {
    this.#reserve(10)
    const bytes = this.#bytes
    let size = 1
    for (let h = high, l = low; h !== 0 || l > 127; size++) {
      l = ((l >>> 7) | (h << 25)) >>> 0
      h >>>= 7
    }
    this.#pos -= size
    let pos = this.#pos
    let h = high
    let l = low
    while (h !== 0 || l > 127) {
      bytes[pos++] = (l & 127) | 128
      l = ((l >>> 7) | (h << 25)) >>> 0
      h >>>= 7
    }
    bytes[pos] = l
  }

  fixed32(value: number): void {
    this.#reserve(4)
    this.#pos -= 4
    this.#bytes.writeUInt32LE(value >>> 0, this.#pos)
  }

  fixed64(high: number, low: number): void {
    this.fixed32(high)
    this.fixed32(low)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#pos -= 8
    this.#bytes.writeDoubleLE(value, this.#pos)
  }

  copy(bytes: Uint8Array, from: number, to: number): void {
    const size = to - from
    this.#reserve(size)
    this.#pos -= size
    this.#bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#pos)
  }

  string(text: string): void {
    if (text.length < 40 && this.#ascii(text)) return
    const size = Buffer.byteLength(text)
    this.#reserve(size)
    this.#pos -= size
    this.#bytes.write(text, this.#pos, size, 'utf8')
  }

  /** Closes a length-delimited field whose content began when `length` was `before`. */
  delimit(tag: number, before: number): void {
    this.varint(this.length - before)
    this.varint(tag)
  }

  /** Short plain text, faster in a loop than by a call out of JavaScript. */
  #ascii(text: string): boolean {
    this.#reserve(text.length)
    const bytes = this.#bytes
    const start = this.#pos - text.length
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      bytes[start + i] = code
    }
    this.#pos = start
    return true
  }

  /** Moves to a larger block when this one is full; what was sealed stays in the old one. */
  #reserve(size: number): void {
    if (size <= this.#pos) return
    const used = this.length
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, 2 * used + size))
    this.#bytes.copy(grown, grown.length - used, this.#pos, this.#end)
    this.#bytes = grown
    this.#pos = grown.length - used
    this.#end = grown.length
  }
}
