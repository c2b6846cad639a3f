import { hash } from 'node:crypto'
import { type AttributeValue, Int } from '../pdata/overlay.ts'
import { textOf } from '../pdata/value-text.ts'
import type { ConvertedType } from './action.ts'

/**
 * A configured value as an attribute: a whole number becomes an int, any other a double.
 *
 * @returns `undefined` for what no attribute can be: null, or a number that is not finite
 */
export function attributeValue(written: unknown): AttributeValue | undefined {
  if (typeof written === 'string' || typeof written === 'boolean') return written
  if (typeof written === 'bigint') return written
  if (typeof written === 'number') {
    return Number.isSafeInteger(written) ? new Int(written) : written
  }
  if (Array.isArray(written)) return written.map(attributeValue)
  if (typeof written !== 'object' || written === null) return undefined
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, attributeValue(value)]),
  )
}

/**
 * SHA-256 of a value in hex: of a string's UTF-8, a bool's one byte, the eight little-endian bytes
 * of a number. Anything else becomes the empty string, so that nothing of it is left.
 */
export function hashed(value: AttributeValue): string {
  const bytes = bytesToHash(value)
  return bytes.length === 0 ? '' : hash('sha256', bytes, 'hex')
}

function bytesToHash(value: AttributeValue): string | Uint8Array {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0)
  const bytes = Buffer.alloc(8)
  if (typeof value === 'bigint') bytes.writeBigInt64LE(BigInt.asIntN(64, value))
  else if (value instanceof Int) bytes.writeBigInt64LE(BigInt(value.value))
  else if (typeof value === 'number') bytes.writeDoubleLE(value)
  else return ''
  return bytes
}

/** The value as another type; `undefined` where it has that type already, or there is no way. */
export function converted(value: AttributeValue, to: ConvertedType): AttributeValue | undefined {
  if (to === 'string') return typeof value === 'string' ? undefined : textOf(value)
  return to === 'int' ? intOf(value) : doubleOf(value)
}

const [minInt64, maxInt64] = [-(2n ** 63n), 2n ** 63n - 1n]

function intOf(value: AttributeValue): bigint | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return inInt64(value) ? BigInt(Math.trunc(value)) : undefined
  if (typeof value !== 'string' || !/^[+-]?\d{1,19}$/.test(value)) return undefined
  const parsed = BigInt(value.replace('+', ''))
  return parsed < minInt64 || parsed > maxInt64 ? undefined : parsed
}

function inInt64(value: number): boolean {
  return value >= -(2 ** 63) && value < 2 ** 63
}

function doubleOf(value: AttributeValue): number | undefined {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Int) return value.value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string') return undefined
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined
}
