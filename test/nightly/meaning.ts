import { fromJson } from '../../src/pdata/json.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { type Data, oracleDecode, withoutExtras } from '../support/otlp-oracle.ts'
import type { Got } from '../support/otlp-server.ts'

/** What a request means, whatever its encoding. */
export function meaningOf(signal: Signal, { contentType, body }: Got): Data {
  const isJson = contentType.startsWith('application/json')
  return essence(oracleDecode(signal, isJson ? fromJson(signal, body) : body))
}

/**
 * The data without what says nothing: fields that OTLP does not have, which upstream drops, and
 * fields without presence that were written although they have their default.
 */
export function essence(data: Data): Data {
  return withoutDefaults(withoutExtras(data))
}

/** Members of a oneof and optional fields: their default is not the same as their absence. */
const withPresence = new Set([
  ...['stringValue', 'boolValue', 'intValue', 'doubleValue', 'bytesValue', 'arrayValue'],
  ...['kvlistValue', 'asDouble', 'asInt', 'min', 'max', 'gauge', 'sum', 'histogram'],
  ...['exponentialHistogram', 'summary'],
])

function withoutDefaults(data: Data): Data {
  const kept = Object.entries(data)
    .map(([name, value]) => [name, deep(value)] as const)
    .filter(([name, value]) => withPresence.has(name) || !isDefault(value))
  return Object.fromEntries(kept)
}

function deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deep)
  return isData(value) ? withoutDefaults(value) : value
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isData(value)) return Object.keys(value).length === 0
  return value === 0 || value === '0' || value === '' || value === false || value === undefined
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null
}
