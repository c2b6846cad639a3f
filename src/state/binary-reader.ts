import { DamagedStateError } from './format-errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads what a {@link BinaryWriter} wrote, from bytes that may be anything: whatever does not fit
 * is a `DamagedStateError`, and nothing is allocated on the word of a length alone.
 */
export class BinaryReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw cutOff()
    this.#at++
    return value
  }

  count(): number {
    let value = 0
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (byte < 128) return safe(value)
    }
    throw new DamagedStateError('a stored count is too long')
  }

  integer(): number {
    const first = this.byte()
    const magnitude = ((first >> 1) & 63) + (first > 127 ? safe(this.count() * 64) : 0)
    return (first & 1) === 1 ? -safe(magnitude) : safe(magnitude)
  }

  bigInteger(): bigint {
    const isNegative = this.byte() === 1
    const hex = Buffer.from(this.bytes()).toString('hex')
    const magnitude = BigInt(`0x${hex || '0'}`)
    return isNegative ? -magnitude : magnitude
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#skip(8))
  }

  /** A double that is a number. */
  number(): number {
    const value = this.double()
    if (Number.isNaN(value)) throw new DamagedStateError('a stored number is none')
    return value
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#skip(4))
  }

  text(): string {
    const size = this.count()
    const bytes = this.raw(Math.floor(size / 2))
    if (size % 2 === 1) return Buffer.from(bytes).toString('utf16le')
    try {
      return utf8.decode(bytes)
    } catch (cause) {
      throw new DamagedStateError('a stored text is no UTF-8', { cause })
    }
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    return this.raw(this.count())
  }

  /** Bytes without their length; a view, not a copy. */
  raw(sizeBytes: number): Uint8Array {
    const start = this.#skip(sizeBytes)
    return this.#bytes.subarray(start, start + sizeBytes)
  }

  json(): unknown {
    const text = this.text()
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new DamagedStateError('a stored value is no JSON', { cause })
    }
  }

  /** What stands between `beginSection` and `endSection`. */
  section(): Uint8Array {
    return this.raw(this.uint32())
  }

  /** The length of a list whose entries take at least `entryBytes` each. */
  listLength(entryBytes: number): number {
    const length = this.count()
    if (length * entryBytes > this.remaining) throw cutOff()
    return length
  }

  /** Says that all must have been read. */
  end(): void {
    if (this.remaining > 0) throw new DamagedStateError(`${this.remaining} bytes too many`)
  }

  #skip(sizeBytes: number): number {
    const start = this.#at
    if (sizeBytes > this.remaining) throw cutOff()
    this.#at += sizeBytes
    return start
  }
}

function cutOff(): DamagedStateError {
  return new DamagedStateError('what is stored is cut off')
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new DamagedStateError('a stored integer is too large')
  return value
}
