/**
 * Reads the fields of one protobuf message that `decode` has already validated, so nothing here
 * checks bounds. One reader is reused for many messages; it allocates nothing.
 */
export class FieldReader {
  /** Field number and wire type, as on the wire: `number << 3 | wireType`. */
  tag = 0
  /** Where the field begins, at its tag. */
  start = 0
  /** Where its value begins; behind the length if it has one. */
  from = 0
  /** Where its value, and so the field, ends. */
  to = 0
  #bytes: Uint8Array = empty
  #end = 0

  reset(bytes: Uint8Array, from: number, to: number): this {
    this.#bytes = bytes
    this.#end = to
    this.to = from
    return this
  }

  next(): boolean {
    const bytes = this.#bytes
    let pos = this.to
    if (pos >= this.#end) return false
    this.start = pos
    let tag = bytes[pos++] ?? 0
    if (tag > 127) {
      tag = varint32(bytes, pos - 1)
      pos = skipVarint(bytes, pos)
    }
    this.tag = tag
    switch (tag & 7) {
      case 2: {
        let length = bytes[pos++] ?? 0
        if (length > 127) {
          length = varint32(bytes, pos - 1)
          pos = skipVarint(bytes, pos)
        }
        this.from = pos
        this.to = pos + length
        return true
      }
      case 1:
        this.from = pos
        this.to = pos + 8
        return true
      case 5:
        this.from = pos
        this.to = pos + 4
        return true
      default:
        this.from = pos
        this.to = skipVarint(bytes, pos)
        return true
    }
  }
}

export const empty: Buffer = Buffer.alloc(0)

/** The position behind the varint at `pos`. */
export function skipVarint(bytes: Uint8Array, pos: number): number {
  let end = pos
  while ((bytes[end++] ?? 0) > 127);
  return end
}

/** The low 32 bits of the varint at `pos`, unsigned. */
export function varint32(bytes: Uint8Array, pos: number): number {
  let value = 0
  let at = pos
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++] ?? 0
    value |= (byte & 127) << shift
    if (byte < 128) break
  }
  return value >>> 0
}

/** The high 32 bits of the varint at `pos`, unsigned. */
export function varintHigh32(bytes: Uint8Array, pos: number): number {
  let value = 0
  for (let at = 0; at < 10; at++) {
    const byte = bytes[pos + at] ?? 0
    if (at === 4) value = (byte & 127) >>> 4
    else if (at > 4) value |= (byte & 127) << (7 * at - 32)
    if (byte < 128) break
  }
  return value >>> 0
}

/** The int64 varint at `pos`; beyond 2^53 the nearest number. */
export function int64AsNumber(bytes: Uint8Array, pos: number): number {
  const first = bytes[pos] ?? 0
  if (first < 128) return first
  return (varintHigh32(bytes, pos) | 0) * 0x1_0000_0000 + varint32(bytes, pos)
}

export function int64AsBigInt(bytes: Uint8Array, pos: number): bigint {
  return (BigInt(varintHigh32(bytes, pos) | 0) << 32n) | BigInt(varint32(bytes, pos))
}

export function uint64AsBigInt(bytes: Uint8Array, pos: number): bigint {
  return (BigInt(varintHigh32(bytes, pos)) << 32n) | BigInt(varint32(bytes, pos))
}

export function fixed32(bytes: Uint8Array, pos: number): number {
  const low = (bytes[pos] ?? 0) | ((bytes[pos + 1] ?? 0) << 8)
  return (low | ((bytes[pos + 2] ?? 0) << 16) | ((bytes[pos + 3] ?? 0) << 24)) >>> 0
}

/** A fixed64 as a number; nanoseconds of this century are then exact to 256 ns. */
export function fixed64AsNumber(bytes: Uint8Array, pos: number): number {
  return fixed32(bytes, pos + 4) * 0x1_0000_0000 + fixed32(bytes, pos)
}

export function fixed64AsBigInt(bytes: Uint8Array, pos: number): bigint {
  return (BigInt(fixed32(bytes, pos + 4)) << 32n) | BigInt(fixed32(bytes, pos))
}

export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

/** Writes an unsigned 32-bit varint and returns the position behind it. */
export function writeVarint(bytes: Uint8Array, pos: number, value: number): number {
  let rest = value >>> 0
  let at = pos
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

/** The same memory as a Buffer, whose string and copy methods are the fast ones. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
