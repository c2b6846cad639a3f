import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'
import type { Signal } from '../../src/pdata/signal.ts'

/**
 * A second opinion on OTLP: a general protobuf library with the published messages. The extended
 * schema gives every message fields that OTLP does not have, which is what a newer sender looks
 * like to us.
 */
const text = readFileSync(new URL('./otlp-oracle.proto', import.meta.url), 'utf8')
const extraFields =
  'string extra_text = 200; repeated fixed64 extra_numbers = 201; KeyValue extra_message = 17;'

const plain = protobuf.parse(text).root
const extended = protobuf.parse(text.replace(/(message \w+ \{)/g, `$1 ${extraFields}`)).root
protobuf.Reader.recursionLimit = 1000

const requestNames = { traces: 'TracesRequest', logs: 'LogsRequest', metrics: 'MetricsRequest' }

export type Data = { readonly [key: string]: unknown }

/** The generated codec of a signal's request message. */
export function requestType(signal: Signal): protobuf.Type {
  return plain.lookupType(requestNames[signal])
}

/** Encodes plain data, unknown fields (`extraText` …) included. */
export function oracleEncode(signal: Signal, data: Data): Uint8Array {
  return encodeMessage(requestNames[signal], data)
}

export function encodeMessage(name: string, data: Data): Uint8Array {
  const type = extended.lookupType(name)
  return type.encode(type.fromObject(data)).finish()
}

/** What the bytes mean, as plain data that can be compared. */
export function oracleDecode(signal: Signal, bytes: Uint8Array): Data {
  const type = extended.lookupType(requestNames[signal])
  const options = { longs: String, bytes: String, enums: Number, oneofs: true }
  return lastMembers(type.toObject(type.decode(bytes), options))
}

/**
 * The library remembers all members of a oneof that came, and which was the last; the last alone
 * counts. Its names for oneofs go, those of optional fields too.
 */
function lastMembers(data: Data): Data {
  const { value, data: metricData } = data
  const losers = new Set<string>()
  for (const [winner, members] of [
    [value, valueMembers],
    [metricData, dataMembers],
  ] as const) {
    if (typeof winner !== 'string' || !members.includes(winner)) continue
    for (const member of members) if (member !== winner) losers.add(member)
    losers.add(winner === value ? 'value' : 'data')
  }
  const kept = Object.entries(data).filter(([name]) => !name.startsWith('_') && !losers.has(name))
  return Object.fromEntries(kept.map(([name, it]) => [name, mapped(it, lastMembers)]))
}

const valueMembers = [
  ...['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue'],
  ...['bytesValue', 'asDouble', 'asInt'],
]
const dataMembers = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']

/** The data without the fields that OTLP does not have, at any depth. */
export function withoutExtras(data: Data): Data {
  const entries = Object.entries(data).filter(([name]) => !name.startsWith('extra'))
  return Object.fromEntries(entries.map(([name, value]) => [name, mapped(value, withoutExtras)]))
}

function mapped(value: unknown, change: (data: Data) => Data): unknown {
  if (Array.isArray(value)) return value.map((it) => mapped(it, change))
  return typeof value === 'object' && value !== null ? change({ ...value }) : value
}
