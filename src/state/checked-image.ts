import { crc32 } from 'node:zlib'
import { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { checkFormat, DamagedStateError } from './format-errors.ts'

const crcBytes = 4
const bytesPerSlice = 2 ** 20

/** Begins an image: what it is in four letters, and its format. */
export function beginImage(out: BinaryWriter, magic: string, format: number): void {
  out.reset()
  out.raw(Buffer.from(magic, 'latin1'))
  out.count(format)
}

/** Ends an image with a CRC-32 of all of it, in slices of about a millisecond. */
export function* endImage(out: BinaryWriter): Generator<undefined, Uint8Array> {
  const { length } = out
  let crc = 0
  for (let at = 0; at < length; at += bytesPerSlice) {
    crc = out.crc(at, Math.min(length, at + bytesPerSlice), crc)
    if (at + bytesPerSlice < length) yield
  }
  out.uint32(crc)
  return out.toBytes()
}

/**
 * Opens an image.
 *
 * @param what it is, for errors
 * @throws NewerFormatError, DamagedStateError
 */
export function openImage(
  bytes: Uint8Array,
  { what, magic, format }: { what: string; magic: string; format: number },
): { readonly from: BinaryReader; readonly format: number } {
  const body = bytes.subarray(0, Math.max(0, bytes.length - crcBytes))
  const from = new BinaryReader(body)
  if (Buffer.from(from.raw(magic.length)).toString('latin1') !== magic) {
    throw new DamagedStateError(`this is not ${what}`)
  }
  const isWhole = new BinaryReader(bytes.subarray(body.length)).uint32() === crc32(body)
  if (!isWhole) throw new DamagedStateError(`${what} is damaged`)
  const found = from.count()
  checkFormat(what, found, format)
  return { from, format: found }
}

/** Runs through all slices. */
export function wholly<T>(slices: Generator<undefined, T>): T {
  for (;;) {
    const slice = slices.next()
    if (slice.done) return slice.value
  }
}
