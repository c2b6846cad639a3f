import type { ValueView } from '../pdata/attributes.ts'
import { isSentinel } from './sentinels.ts'

/** Longer texts are content, and no name of anything. */
const maxTextBytes = 4_096

/** Text that stands for something, or the text of a number or bool. */
export function textIn(value: ValueView): string | undefined {
  switch (value.kind) {
    case 'string': {
      if (value.sizeBytes > maxTextBytes) return undefined
      const text = unquoted(value.asString() ?? '')
      return isSentinel(text) ? undefined : text
    }
    case 'int':
      return value.asBigInt()?.toString()
    case 'double':
    case 'bool':
      return String(value.asNumber() ?? value.asBool())
    default:
      return undefined
  }
}

const quote = 0x22

/** MLflow writes every value as JSON, names with quotes around them. */
function unquoted(text: string): string {
  if (text.charCodeAt(0) !== quote || !text.endsWith('"') || text.length < 2) return text
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

/** A finite number, also one that was written as text. */
export function numberIn(value: ValueView): number | undefined {
  const number = value.asNumber() ?? numberInText(value)
  return Number.isFinite(number) ? number : undefined
}

const maxNumberBytes = 32
const numeric = /^\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/

function numberInText(value: ValueView): number | undefined {
  if (value.kind !== 'string' || value.sizeBytes > maxNumberBytes) return undefined
  const text = value.asString() ?? ''
  return numeric.test(text) ? Number(text) : undefined
}
