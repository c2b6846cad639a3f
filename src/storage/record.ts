import { crc32 } from 'node:zlib'

/** What stands before every payload. */
export interface RecordHeader {
  /** Position in the log: dense, rising, never used twice for different durable records. */
  readonly sequence: number
  readonly receivedMs: number
  /** How many things the payload holds; a count for books and bounds, nothing here reads it. */
  readonly items: number
  /** 16 bits that belong to the log's owner. */
  readonly flags: number
  readonly payloadBytes: number
  readonly payloadCrc: number
}

export const headerBytes = 40
export const formatVersion = 1

/** First byte outside ASCII and UTF-8, so that text is never taken for a header. */
export const magic = Buffer.from([0xfa, 0x5e, 0x91, 0x0a])

const crcAt = headerBytes - 4

/**
 * Little endian: magic 4, version 2, flags 2, payload length 4, items 4, sequence 8, receive time
 * 8, payload CRC 4, header CRC 4.
 *
 * @param salt differs for every segment, so that a payload cannot contain a header that counts
 */
export function encodeHeader(header: RecordHeader, salt: number): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  bytes.set(magic, 0)
  bytes.writeUInt16LE(formatVersion, 4)
  bytes.writeUInt16LE(header.flags, 6)
  bytes.writeUInt32LE(header.payloadBytes, 8)
  bytes.writeUInt32LE(Math.min(header.items, 2 ** 32 - 1), 12)
  bytes.writeBigUInt64LE(BigInt(header.sequence), 16)
  bytes.writeBigUInt64LE(BigInt(Math.max(0, Math.trunc(header.receivedMs))), 24)
  bytes.writeUInt32LE(header.payloadCrc, 32)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, crcAt), salt), crcAt)
  return bytes
}

/** The header that `bytes` start with, or `undefined` when they start with none. */
export function decodeHeader(bytes: Buffer, salt: number): RecordHeader | undefined {
  if (bytes.length < headerBytes || bytes.compare(magic, 0, 4, 0, 4) !== 0) return undefined
  if (crc32(bytes.subarray(0, crcAt), salt) !== bytes.readUInt32LE(crcAt)) return undefined
  if (bytes.readUInt16LE(4) !== formatVersion) return undefined
  return {
    flags: bytes.readUInt16LE(6),
    payloadBytes: bytes.readUInt32LE(8),
    items: bytes.readUInt32LE(12),
    sequence: Number(bytes.readBigUInt64LE(16)),
    receivedMs: Number(bytes.readBigUInt64LE(24)),
    payloadCrc: bytes.readUInt32LE(32),
  }
}
