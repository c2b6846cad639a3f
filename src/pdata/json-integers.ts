import { randomBytes } from 'node:crypto'
import { TooManyError } from './decode-error.ts'

/**
 * How many values one OTLP/JSON request may have, as its `{`, `[` and `,` tell: each takes memory,
 * however few bytes it was. 512 spans of an agent have about 30 000.
 */
export const maxJsonValues = 2_000_000

/** Bare integers shorter than this fit a number; longer than `maxDigits` they fit no 64 bits. */
const minDigits = 16
const maxDigits = 20

/** Begins the string that stands for a bare integer; no sender can know it. */
const mark = `\0${randomBytes(4).toString('hex')}`
const opening = Buffer.from(JSON.stringify(mark).slice(0, -1))

/**
 * The same JSON with each bare integer that a number might not hold as a marked string, for
 * `bareInteger`. Linear, and without an object per value; without such integers the very same bytes.
 *
 * @throws TooManyError for more than `maxJsonValues`
 */
export function quoteLongIntegers(bytes: Uint8Array): Uint8Array {
  const ranges = longIntegers(bytes)
  if (ranges.length === 0) return bytes
  const result = Buffer.allocUnsafeSlow(bytes.length + (ranges.length / 2) * (opening.length + 1))
  let read = 0
  let write = 0
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] ?? 0
    const to = ranges[i + 1] ?? 0
    result.set(bytes.subarray(read, from), write)
    write += from - read
    result.set(opening, write)
    write += opening.length
    result.set(bytes.subarray(from, to), write)
    write += to - from
    result[write++] = quote
    read = to
  }
  result.set(bytes.subarray(read), write)
  return result
}

/** The integer that a marked string stands for; every other value as it is. */
export function bareInteger(value: unknown): unknown {
  if (typeof value !== 'string' || value.charCodeAt(0) !== 0 || !value.startsWith(mark)) {
    return value
  }
  const digits = value.slice(mark.length)
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d

/** Where they begin and end, by turns; counts all values on the way. */
function longIntegers(bytes: Uint8Array): number[] {
  const ranges: number[] = []
  let values = 0
  let pos = 0
  while (pos < bytes.length) {
    const byte = bytes[pos] ?? 0
    if (byte === quote) pos = behindString(bytes, pos)
    else if (isDigit(byte) || byte === minus) {
      const to = behindNumber(bytes, pos)
      if (to - pos >= minDigits && isLongInteger(bytes, pos, to)) ranges.push(pos, to)
      pos = to
    } else {
      pos++
      const isStructure = byte === 0x2c || byte === 0x7b || byte === 0x5b // , { [
      if (isStructure && ++values > maxJsonValues) {
        throw new TooManyError(`more than ${maxJsonValues} JSON values in one request`)
      }
    }
  }
  return ranges
}

function behindString(bytes: Uint8Array, from: number): number {
  let pos = from + 1
  while (pos < bytes.length && bytes[pos] !== quote) pos += bytes[pos] === backslash ? 2 : 1
  return pos + 1
}

function behindNumber(bytes: Uint8Array, from: number): number {
  let pos = from + 1
  while (isPartOfNumber(bytes[pos] ?? 0)) pos++
  return pos
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** A digit or one of `+-.eE`. */
function isPartOfNumber(byte: number): boolean {
  if (isDigit(byte)) return true
  return byte === 0x2e || byte === minus || byte === 0x2b || (byte | 32) === 0x65
}

/** Only what JSON allows for a value: quotes must not make a body valid that was not. */
function isLongInteger(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] === minus ? from + 1 : from
  if (to - first < minDigits || to - first > maxDigits || bytes[first] === 0x30) return false
  for (let pos = first; pos < to; pos++) if (!isDigit(bytes[pos] ?? 0)) return false
  let next = to
  while (isSpace(bytes[next] ?? 0)) next++
  const behind = bytes[next]
  return behind === 0x2c || behind === 0x5d || behind === 0x7d // , ] }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
