import type { JsonValue } from './entry.ts'

/** Anything as it would travel in JSON; what has no place there becomes `null`. */
export function jsonOf(value: unknown): JsonValue {
  const text: string | undefined = JSON.stringify(value)
  return text === undefined ? null : JSON.parse(text)
}
