import type { ValueView } from '../../pdata/attributes.ts'
import { AnyValueReader } from './any-value.ts'
import { maxRounds, maxTextBytes } from './bounds.ts'
import { isList, type Json } from './json.ts'
import { parseLiteral } from './literal.ts'
import { isWithheld } from './withheld.ts'

/** What a value says, whatever encoding it came in. */
export interface Decoded {
  /** `undefined` when nothing was captured. */
  readonly value: Json | undefined
  /** The sender or we left something out: what is missing in `value` is unknown, not absent. */
  readonly truncated: boolean
}

export const nothing: Decoded = { value: undefined, truncated: false }

/**
 * Reads a text as what it encodes: JSON, JSON in a JSON string, a Python `repr`; any other text is
 * itself. JSON that was cut off stays text and is `truncated`.
 */
export function decodeText(text: string): Decoded {
  if (isWithheld(text)) return nothing
  if (text.length > maxTextBytes) return { value: text.slice(0, maxTextBytes), truncated: true }
  let plain = text
  for (let round = 1; round <= maxRounds && mayBeLiteral(plain); round++) {
    const literal = parseLiteral(plain)
    if (literal.kind === 'value' && typeof literal.value !== 'string') {
      return { value: literal.value, truncated: false }
    }
    if (literal.kind === 'value' && typeof literal.value === 'string') plain = literal.value
    else return asText(plain, literal.kind === 'beyond' || (literal.kind === 'cut' && round === 1))
  }
  return isWithheld(plain) ? nothing : asText(plain, false)
}

/** As `decodeText`, from an OTLP value: structured values are walked, and lists of JSON texts parsed. */
export function decodeView(view: ValueView): Decoded {
  const reader = new AnyValueReader()
  const value = reader.read(view)
  if (typeof value === 'string' && view.kind === 'string' && !reader.truncated) {
    return decodeText(value)
  }
  return { value: isList(value) ? value.map(parsedText) : value, truncated: reader.truncated }
}

/**
 * A value that is a text by its meaning (a prompt, an answer): not parsed, since an answer in JSON
 * is still the answer as it was given.
 */
export function plainView(view: ValueView): Decoded {
  const reader = new AnyValueReader()
  const value = reader.read(view)
  if (typeof value === 'string') {
    return isWithheld(value) ? nothing : asText(value, reader.truncated)
  }
  return { value, truncated: reader.truncated }
}

/** The JSON in a text that is a list or an object; any other value as it is. */
export function parsedText(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value
  return decodeText(value).value ?? value
}

/** The parts of `"a, b"`, as some senders write lists of names. */
export function splitJoined(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function mayBeLiteral(text: string): boolean {
  return /^\s*[{["]/.test(text)
}

function asText(text: string, truncated: boolean): Decoded {
  return { value: text, truncated: truncated || text.endsWith('...(truncated)') }
}
