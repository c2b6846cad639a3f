import type { BackwardWriter } from './backward-writer.ts'
import { DecodeError } from './decode-error.ts'
import { bareInteger } from './json-integers.ts'
import type { Field } from './schema.ts'

/**
 * Writes a scalar's value, without its tag.
 *
 * @returns false when it is the default and so need not be written
 */
export function writeScalar(field: Field, parsed: unknown, writer: BackwardWriter): boolean {
  const value = bareInteger(parsed)
  switch (field.type) {
    case 'string':
      return writeText(field, value, writer)
    case 'id16':
      return writeId(value, 16, writer)
    case 'id8':
      return writeId(value, 8, writer)
    case 'bytes':
      return writeBase64(field, value, writer)
    case 'bool':
      return writeBool(field, value, writer)
    case 'double':
      return writeDouble(field, value, writer)
    case 'enum':
      return writeInt32(field, enumNumber(field, value), writer)
    case 'int32':
    case 'uint32':
    case 'sint32':
    case 'fixed32':
      return writeInt32(field, value, writer)
    default:
      return writeInt64(field, value, writer)
  }
}

/** A value from outside for an error message, short. */
export function describe(parsed: unknown): string {
  const value = bareInteger(parsed)
  if (typeof value === 'bigint') return `${value}`
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function writeText(field: Field, value: unknown, writer: BackwardWriter): boolean {
  if (typeof value !== 'string') fail(value, 'a string')
  if (value === '' && !field.explicit && !field.repeated) return false
  const before = writer.length
  writer.string(value)
  writer.varint(writer.length - before)
  return true
}

/** Hex of any case; empty is absent. Base64, which other mappings use, has another length. */
function writeId(value: unknown, size: number, writer: BackwardWriter): boolean {
  if (value === '') return false
  const expected = `${size * 2} hex digits`
  if (typeof value !== 'string' || value.length !== size * 2) fail(value, expected)
  for (let i = size * 2 - 2; i >= 0; i -= 2) {
    const byte = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1))
    if (byte < 0) fail(value, expected)
    writer.byte(byte)
  }
  writer.varint(size)
  return true
}

/** Negative for what is no digit, also after a shift. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 && code < 128 ? letter - 87 : -1
}

/** The standard alphabet; the URL one and missing padding, which proto3 JSON allows, as well. */
function writeBase64(field: Field, value: unknown, writer: BackwardWriter): boolean {
  if (typeof value !== 'string') fail(value, 'base64')
  if (value === '' && !field.explicit) return false
  const digits = value.replace(/={1,2}$/, '')
  if (!/^[\w+/-]*$/.test(digits) || digits.length % 4 === 1) fail(value, 'base64')
  const bytes = Buffer.from(digits, 'base64')
  writer.copy(bytes, 0, bytes.length)
  writer.varint(bytes.length)
  return true
}

function writeBool(field: Field, value: unknown, writer: BackwardWriter): boolean {
  const isTrue = value === true || value === 'true'
  if (!isTrue && value !== false && value !== 'false') fail(value, 'true or false')
  if (!isTrue && !field.explicit) return false
  writer.varint(isTrue ? 1 : 0)
  return true
}

function writeDouble(field: Field, value: unknown, writer: BackwardWriter): boolean {
  const number = asDouble(value)
  if (number === undefined) fail(value, 'a number, "NaN", "Infinity" or "-Infinity"')
  if (Object.is(number, 0) && !field.explicit && !field.repeated) return false
  writer.double(number)
  return true
}

function asDouble(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return undefined
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity' || value === '-Infinity') return Number(value)
  return /^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : undefined
}

function enumNumber(field: Field, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const index = field.enumNames?.indexOf(value) ?? -1
  if (index >= 0) return index
  if (!/^-?\d+$/.test(value)) fail(value, `a number or a name such as ${field.enumNames?.[1]}`)
  return value
}

function writeInt32(field: Field, value: unknown, writer: BackwardWriter): boolean {
  const number = typeof value === 'number' ? value : Number(asInteger(value))
  const isSigned = field.type === 'int32' || field.type === 'sint32' || field.type === 'enum'
  const [min, max] = isSigned ? [-0x8000_0000, 0x7fff_ffff] : [0, 0xffff_ffff]
  if (!Number.isInteger(number) || number < min || number > max) {
    fail(value, `an integer from ${min} to ${max}`)
  }
  if (number === 0 && !field.explicit && !field.repeated) return false
  if (field.type === 'fixed32') writer.fixed32(number)
  else if (field.type === 'sint32') writer.varint(((number << 1) ^ (number >> 31)) >>> 0)
  else writer.varint64(number < 0 ? 0xffff_ffff : 0, number >>> 0)
  return true
}

const decimal = /^-?\d{1,20}$/

/** Nanoseconds of this century, which stand on every span twice: no bigint for them. */
const timestamp = /^\d{19}$/

/** `a * 10^10 + b`, where 10^10 is 2 * 2^32 + 21515 * 2^16 + 58368; every step is below 2^53. */
function timestampHalves(digits: string): readonly [number, number] {
  const a = Number(digits.slice(0, 9))
  const middle = a * 21515
  const rest = (middle % 0x1_0000) * 0x1_0000 + a * 58368 + Number(digits.slice(9))
  const carry = Math.floor(rest / 0x1_0000_0000) + Math.floor(middle / 0x1_0000)
  return [a * 2 + carry, rest % 0x1_0000_0000]
}

/** 64 bits from a decimal string or a number, without losing digits. */
function writeInt64(field: Field, value: unknown, writer: BackwardWriter): boolean {
  const isSigned = field.type === 'int64' || field.type === 'sfixed64'
  let high = 0
  let low = 0
  if (typeof value === 'number' && Number.isSafeInteger(value) && (value >= 0 || isSigned)) {
    high = Math.floor(value / 0x1_0000_0000) >>> 0
    low = value >>> 0
  } else if (typeof value === 'string' && !isSigned && timestamp.test(value)) {
    ;[high, low] = timestampHalves(value)
  } else {
    const integer = asInteger(value)
    const [min, max] = isSigned ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n]
    if (integer === undefined || integer < min || integer > max) {
      fail(value, `an integer from ${min} to ${max}`)
    }
    const bits = BigInt.asUintN(64, integer)
    high = Number(bits >> 32n)
    low = Number(bits & 0xffff_ffffn)
  }
  if (high === 0 && low === 0 && !field.explicit && !field.repeated) return false
  if (field.type === 'fixed64' || field.type === 'sfixed64') writer.fixed64(high, low)
  else writer.varint64(high, low)
  return true
}

function asInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string') return decimal.test(value) ? BigInt(value) : exponent(value)
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined
}

/** Integers such as `1e3` and `5.0`, which JSON numbers may be and strings may hold. */
function exponent(value: string): bigint | undefined {
  const number = asDouble(value)
  return number !== undefined && Number.isInteger(number) ? BigInt(number) : undefined
}

function fail(value: unknown, expected: string): never {
  throw new DecodeError('', `${describe(value)} (${expected} is expected)`)
}
