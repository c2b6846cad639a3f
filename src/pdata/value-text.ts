import { type AttributeValue, Int } from './attribute-value.ts'

/** A value as text: a string as it is, bytes in base64, lists and maps as JSON. */
export function textOf(value: AttributeValue): string {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? base64(value) : jsonOf(value)
}

/** A value as JSON, the keys of maps in order; ints keep all their digits. */
function jsonOf(value: AttributeValue | undefined): string {
  if (value === undefined) return 'null'
  if (value instanceof Int) return String(value.value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return String(value).replace('Infinity', 'Inf')
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return JSON.stringify(base64(value))
  if (isList(value)) return `[${value.map(jsonOf).join(',')}]`
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, it]) => `${JSON.stringify(key)}:${jsonOf(it)}`).join(',')}}`
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: AttributeValue): value is readonly (AttributeValue | undefined)[] {
  return Array.isArray(value)
}
