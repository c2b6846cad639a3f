import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { type Data, oracleDecode, oracleEncode } from '../../test/support/otlp-oracle.ts'
import type { Signal } from '../pdata/signal.ts'

/** The actions as plainly as they can be written, over what a general decoder makes of the bytes. */
export interface WrittenAction {
  readonly action: string
  readonly key?: string
  readonly value?: string | number | boolean
  readonly from_attribute?: string
  readonly pattern?: string
  readonly converted_type?: string
}

const key = fc.constantFrom('a', 'b', 'service.name', 'gen_ai.system', 'new', 'newer', 'grüße')
const value = fc.oneof(fc.constantFrom('x', 'y-1'), fc.integer(), fc.boolean(), fc.constant(0.5))
const setting = fc.constantFrom('insert', 'update', 'upsert')
const pattern = fc.constantFrom('^a', 'e', '\\.', '^new')

export const someActions: fc.Arbitrary<WrittenAction[]> = fc.array(
  fc.oneof(
    fc.record({ action: setting, key, value }),
    fc.record({ action: setting, key, from_attribute: key }),
    fc.record({ action: fc.constantFrom('delete', 'hash'), key }),
    fc.record({ action: fc.constantFrom('delete', 'hash'), pattern }),
    fc.record({ action: fc.constantFrom('delete', 'hash'), key, pattern }),
    fc.record({ action: fc.constant('extract'), key, pattern: fc.constant('(?P<new>.)(?P<b>.*)') }),
    fc.record({
      action: fc.constant('convert'),
      key,
      converted_type: fc.constantFrom('int', 'double'),
    }),
  ),
  { minLength: 1, maxLength: 6 },
)

export interface Mutable {
  [key: string]: unknown
}

/** Makes one change after the other in the `attributes` of a message. */
export function actInPlace(message: Mutable, actions: readonly WrittenAction[]): void {
  for (const action of actions) actOnce(message, action)
}

function actOnce(message: Mutable, it: WrittenAction): void {
  const list: Data[] = Array.isArray(message.attributes) ? message.attributes : []
  const keyOf = (entry: Data) => String(entry.key ?? '')
  const find = (name: string) => list.find((entry) => keyOf(entry) === name)
  const set = (name: string, to: Data) => {
    const at = list.findIndex((entry) => keyOf(entry) === name)
    const others = list.filter((entry, index) => index === at || keyOf(entry) !== name)
    if (at >= 0) others[others.indexOf(list[at] ?? {})] = { key: name, value: to }
    else others.push({ key: name, value: to })
    list.splice(0, list.length, ...others)
  }
  /** The key alone, then what has the pattern: a key that has it too counts twice. */
  const eachMeant = (change: (name: string) => void) => {
    if (it.key !== undefined && find(it.key) !== undefined) change(it.key)
    const pattern = it.pattern === undefined ? undefined : new RegExp(it.pattern)
    for (const name of new Set(list.map(keyOf))) if (pattern?.test(name)) change(name)
  }
  const own = find(it.key ?? '')
  switch (it.action) {
    case 'insert':
    case 'update':
    case 'upsert': {
      const source =
        it.value === undefined ? heldBy(find(it.from_attribute ?? '')) : asAny(it.value)
      const isWanted = it.action === 'upsert' || (own === undefined) === (it.action === 'insert')
      if (isWanted && source !== undefined) set(it.key ?? '', source)
      break
    }
    case 'delete':
      eachMeant((name) => {
        list.splice(0, list.length, ...list.filter((entry) => keyOf(entry) !== name))
      })
      break
    case 'hash':
      eachMeant((name) => set(name, { stringValue: hashOf(heldBy(find(name))) }))
      break
    case 'extract': {
      const text = heldBy(own)?.stringValue
      const caught = typeof text === 'string' ? /(?<new>.)(?<b>.*)/u.exec(text) : null
      for (const [name, part] of Object.entries(caught?.groups ?? {}))
        set(name, { stringValue: part })
      break
    }
    case 'convert': {
      const result = convertedTo(it.converted_type ?? '', heldBy(own) ?? {})
      if (result !== undefined) set(it.key ?? '', result)
    }
  }
  message.attributes = list
}

/** The value of an attribute, unless it is empty. */
function heldBy(entry: Data | undefined): Data | undefined {
  const held = entry?.value
  if (typeof held !== 'object' || held === null) return undefined
  const known = Object.entries(held).filter(([name]) => !name.startsWith('extra'))
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

function asAny(it: string | number | boolean): Data {
  if (typeof it === 'string') return { stringValue: it }
  if (typeof it === 'boolean') return { boolValue: it }
  return Number.isInteger(it) ? { intValue: String(it) } : { doubleValue: it }
}

function hashOf(it: Data | undefined): string {
  const bytes = Buffer.alloc(8)
  if (typeof it?.stringValue === 'string') return sha256(Buffer.from(it.stringValue))
  if (it?.boolValue !== undefined) return sha256(Buffer.of(it.boolValue ? 1 : 0))
  if (it?.intValue !== undefined) bytes.writeBigInt64LE(BigInt(String(it.intValue)))
  else if (typeof it?.doubleValue === 'number') bytes.writeDoubleLE(it.doubleValue)
  else return ''
  return sha256(bytes)
}

function sha256(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : createHash('sha256').update(bytes).digest('hex')
}

function textTo(type: string, text: string): Data | undefined {
  const number = text.trim() === text && text !== '' ? Number(text) : Number.NaN
  if (Number.isNaN(number) || /[xobi]/i.test(text)) return undefined
  if (type === 'double') return { doubleValue: number }
  return Number.isSafeInteger(number) && /^.?\d+$/.test(text)
    ? { intValue: String(number + 0) }
    : undefined
}

function convertedTo(type: string, it: Data): Data | undefined {
  const flag = it.boolValue === undefined ? undefined : Number(it.boolValue)
  // What `extract` caught may read as a number: a digit of a hash, or the `-1` of `y-1`.
  if (typeof it.stringValue === 'string') return textTo(type, it.stringValue)
  if (type === 'double') {
    const number = it.intValue ?? flag
    return number === undefined ? undefined : { doubleValue: Number(number) }
  }
  if (flag !== undefined) return { intValue: String(flag) }
  const { doubleValue } = it
  if (typeof doubleValue !== 'number' || Math.abs(doubleValue) >= 2 ** 63) return undefined
  return { intValue: String(BigInt(Math.trunc(doubleValue))) }
}

/**
 * As a decoder sees the data, but attributes in the order of their keys, which means nothing, and
 * lists and maps only in outline: a copied one is written anew, without its unknown fields.
 */
export function comparable(signal: Signal, data: Data): Data {
  const result = oracleDecode(signal, oracleEncode(signal, data))
  for (const message of [...itemsOf(signal, result), ...resourcesOf(result)])
    sortAttributes(message)
  for (const whole of resourcesOf(result)) sortAttributes(mutable(whole.resource))
  return result
}

function sortAttributes(message: Mutable): void {
  if (!Array.isArray(message.attributes)) return
  const keyOf = (it: Data) => String(it.key ?? '')
  message.attributes.sort((a: Data, b: Data) =>
    keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0,
  )
  for (const { value } of message.attributes.map(mutable)) {
    const held = mutable(value)
    if (held.arrayValue !== undefined) held.arrayValue = 'a list'
    if (held.kvlistValue !== undefined) held.kvlistValue = 'a map'
    delete held.extraText
    delete held.extraNumbers
    delete held.extraMessage
  }
  if (message.attributes.length === 0) delete message.attributes
}

export function mutable(value: unknown): Mutable {
  return typeof value === 'object' && value !== null ? Object.assign(value) : {}
}

function listIn(value: unknown): Mutable[] {
  return Array.isArray(value) ? value : []
}

/** The messages that hold a resource each. */
export function resourcesOf(whole: Data): Mutable[] {
  return [whole.resourceSpans, whole.resourceLogs, whole.resourceMetrics].flatMap(listIn)
}

/** Spans, log records or data points. */
export function itemsOf(signal: Signal, whole: Data): Mutable[] {
  const scopes = resourcesOf(whole).flatMap((it) =>
    [it.scopeSpans, it.scopeLogs, it.scopeMetrics].flatMap(listIn),
  )
  if (signal !== 'metrics') return scopes.flatMap((it) => [it.spans, it.logRecords].flatMap(listIn))
  return scopes
    .flatMap((it) => listIn(it.metrics))
    .flatMap((it) => [it.gauge, it.sum, it.histogram, it.exponentialHistogram, it.summary])
    .flatMap((it) => listIn(mutable(it).dataPoints))
}
