/** Largest window that RFC 8878 asks a decoder to have; a frame that wants more is refused. */
export const maxWindowBytes = 8 * 1024 * 1024

const frameMagic = 0xfd2fb528

/**
 * Memory that decoding a zstd frame takes for its window (RFC 8878, section 3.1.1.1), in bytes.
 * Bytes that start no frame take none: the decoder says what is wrong with them.
 */
export function windowBytes(frame: Buffer): number {
  if (frame.length < 6 || frame.readUInt32LE(0) !== frameMagic) return 0
  const descriptor = frame[4] ?? 0
  const isSingleSegment = (descriptor & 0x20) !== 0
  return isSingleSegment ? contentBytes(frame, descriptor) : describedWindow(frame[5] ?? 0)
}

/** Length of the frame header's beginning that {@link windowBytes} looks at. */
export const headerBytes = 17

function describedWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** A single segment is decoded with a window as large as its content. */
function contentBytes(frame: Buffer, descriptor: number): number {
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const sizeBytes = [1, 2, 4, 8][descriptor >> 6] ?? 1
  if (frame.length < at + sizeBytes) return 0
  if (sizeBytes === 8) return Number(frame.readBigUInt64LE(at))
  const value = frame.readUIntLE(at, sizeBytes)
  return sizeBytes === 2 ? value + 256 : value
}
