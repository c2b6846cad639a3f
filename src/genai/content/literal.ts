import { maxDepth, maxNodes } from './bounds.ts'
import { isHostileKey, isList, isObject, type Json, newObject } from './json.ts'

/**
 * What a text says when it is read as a literal: its value, or why there is none. `cut` ended
 * before the value did, `beyond` is deeper or larger than we read, `invalid` is something else.
 */
export type Literal =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'cut' | 'beyond' | 'invalid' }

/**
 * Reads JSON, the JSON of Python with its bare `NaN`, and what Python's `repr` writes of plain
 * data: `{'a': None, 'b': (1, True)}`. One reader for all, since senders mix them; it takes time
 * linear in the text. Tuples are lists; what is no finite number is `null`, as `JSON.stringify`
 * has it.
 */
export function parseLiteral(text: string): Literal {
  return new LiteralReader(text).read()
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
  ['NaN', null],
  ['nan', null],
  ['Infinity', null],
  ['-Infinity', null],
  ['inf', null],
  ['-inf', null],
])

/** `b'…'` and `u'…'` of Python. */
const stringPrefixes: ReadonlySet<string> = new Set(['b', 'u'])

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
  ['/', '/'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
])

/** How many hex digits follow. */
const hexEscapes: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

const atoms = /[-+.\w]+/y
const number = /^-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/

const backslash = 0x5c

class LiteralReader {
  readonly #text: string
  #at = 0
  #nodes = 0
  #failure: 'cut' | 'beyond' | 'invalid' = 'invalid'

  constructor(text: string) {
    this.#text = text
  }

  read(): Literal {
    const value = this.#value(0)
    if (value === undefined) return { kind: this.#failure }
    this.#skipSpace()
    return this.#at < this.#text.length ? { kind: 'invalid' } : { kind: 'value', value }
  }

  /** The value that begins here; `undefined` when there is none, and `#failure` says why. */
  #value(depth: number): Json | undefined {
    this.#skipSpace()
    if (++this.#nodes > maxNodes || depth > maxDepth) return this.#fail('beyond')
    switch (this.#text[this.#at]) {
      case undefined:
        return this.#fail('cut')
      case '{':
        return this.#object(depth)
      case '[':
        return this.#list(']', depth)
      case '(':
        return this.#list(')', depth)
      case '"':
      case "'":
        return this.#string()
      default:
        return this.#atom()
    }
  }

  #list(close: string, depth: number): Json | undefined {
    const items: Json[] = []
    this.#at++
    while (!this.#ends(close)) {
      const item = this.#value(depth + 1)
      if (item === undefined) return undefined
      items.push(item)
      if (!this.#separates(close)) return undefined
    }
    return items
  }

  #object(depth: number): Json | undefined {
    const object = newObject()
    this.#at++
    while (!this.#ends('}')) {
      const key = this.#value(depth + 1)
      if (key === undefined) return undefined
      if (isList(key) || isObject(key)) return this.#fail('invalid')
      this.#skipSpace()
      if (!this.#takes(':')) return undefined
      const value = this.#value(depth + 1)
      if (value === undefined) return undefined
      if (!isHostileKey(String(key))) object[String(key)] = value
      if (!this.#separates('}')) return undefined
    }
    return object
  }

  /** Whether the list or object ends here; its bracket is taken then. */
  #ends(close: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== close) return false
    this.#at++
    return true
  }

  /** Whether a comma or the end follows a member; the comma is taken. */
  #separates(close: string): boolean {
    this.#skipSpace()
    return this.#text[this.#at] === close || this.#takes(',')
  }

  #takes(sign: string): boolean {
    const found = this.#text[this.#at]
    if (found === sign) {
      this.#at++
      return true
    }
    this.#fail(found === undefined ? 'cut' : 'invalid')
    return false
  }

  #string(): string | undefined {
    const text = this.#text
    const quote = text.charCodeAt(this.#at)
    let read = ''
    let from = this.#at + 1
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        this.#at = at + 1
        return read + text.slice(from, at)
      }
      if (code !== backslash) continue
      this.#at = at + 1
      read += text.slice(from, at) + this.#escape()
      from = this.#at
      at = from - 1
    }
    return this.#fail('cut')
  }

  /** What a backslash and what follows it stand for; an unknown pair stands for itself. */
  #escape(): string {
    const sign = this.#text[this.#at++] ?? ''
    const digits = hexEscapes.get(sign)
    if (digits === undefined) return escapes.get(sign) ?? `\\${sign}`
    const hex = this.#text.slice(this.#at, this.#at + digits)
    const code = Number.parseInt(hex, 16)
    if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length < digits || code > 0x10ffff) return `\\${sign}`
    this.#at += digits
    return digits === 8 ? String.fromCodePoint(code) : String.fromCharCode(code)
  }

  /** A number or a word; a string where the word is the prefix of one. */
  #atom(): Json | undefined {
    atoms.lastIndex = this.#at
    const atom = atoms.exec(this.#text)?.[0]
    if (atom === undefined) return this.#fail('invalid')
    this.#at += atom.length
    const next = this.#text[this.#at]
    if (number.test(atom)) return finite(Number(atom))
    if (words.has(atom)) return words.get(atom) ?? null
    if (stringPrefixes.has(atom) && (next === "'" || next === '"')) return this.#string()
    return this.#fail(next === undefined ? 'cut' : 'invalid')
  }

  #skipSpace(): void {
    const text = this.#text
    while (isSpace(text.charCodeAt(this.#at))) this.#at++
  }

  #fail(failure: 'cut' | 'beyond' | 'invalid'): undefined {
    this.#failure = failure
    return undefined
  }
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null
}

/** Space, tab, line feed and carriage return: what JSON allows between its signs. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b && code !== 0x0c)
}
