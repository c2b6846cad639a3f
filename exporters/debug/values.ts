import type { ValueView } from '../../src/pdata/attributes.ts'
import { isContent } from './content.ts'
import { escaped } from './escape.ts'

/** A value in full, on one line: strings as they are, everything else as JSON. */
export function fullText(value: ValueView): string {
  return escaped(plainText(value))
}

/** A value as one may show it to anybody: texts, and what may hold texts, are only counted. */
export function publicText(key: string, value: ValueView): string {
  const text = plainText(value)
  switch (value.kind) {
    case 'string':
    case 'bytes':
      return isContent(key, text) ? counted(text) : escaped(text)
    case 'array':
      return text.includes('{') || isContent(key, text) ? counted(text) : escaped(text)
    case 'kvlist':
      return counted(text)
    default:
      return text
  }
}

/** How a text is shown where it must not be read. */
export function counted(text: string): string {
  return `<${text.length} chars>`
}

function plainText(value: ValueView): string {
  const text = value.asString()
  if (text !== undefined) return text
  const data = value.toValue()
  return data === undefined ? '' : JSON.stringify(data, readable)
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : `${value}`
  }
  return value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : value
}
