import { asBuffer, FieldReader } from '../../pdata/wire.ts'

/**
 * Visits the fields of bytes that nobody has checked, in a message of the wire format.
 *
 * @param visit returns `false` to give up
 * @returns `false` when they are no message
 */
export function eachField(
  bytes: Uint8Array,
  visit: (tag: number, from: number, to: number, bytes: Uint8Array) => boolean,
): boolean {
  const reader = new FieldReader().reset(bytes, 0, bytes.length)
  while (reader.next()) {
    const wireType = reader.tag & 7
    const isKnown = wireType === 0 || wireType === 1 || wireType === 2 || wireType === 5
    if (!isKnown || reader.tag >>> 3 === 0 || reader.to > bytes.length) return false
    if (!visit(reader.tag, reader.from, reader.to, bytes)) return false
  }
  return true
}

/** The object that JSON bytes hold; `undefined` when they hold none. */
export function jsonObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(asBuffer(body).toString('utf8')))
  } catch {
    return undefined
  }
}

/** A value as an object; `undefined` when it is none. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined
}
