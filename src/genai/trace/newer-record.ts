import type { SpanRecord } from '../span-record.ts'

/**
 * The record that stays of two of one span: the one that ends later, and of two that end together
 * the one whose content is greater. A maximum of a total order, so that every order of arrival and
 * every repetition gives the same.
 */
export function newerRecord(a: SpanRecord, b: SpanRecord): SpanRecord {
  if (a === b) return a
  if (a.endMs !== b.endMs) return a.endMs > b.endMs ? a : b
  return canonical(a) < canonical(b) ? b : a
}

/** JSON with sorted keys: equal for equal content, however the object came to be. */
function canonical(record: SpanRecord): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
