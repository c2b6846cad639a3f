/** A piece of a condition; `at` is its first character, counted from 1 as people do. */
export interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'operator' | 'mark' | 'end'
  /** A string's content, anything else as it is written. */
  readonly text: string
  readonly at: number
}

/** What is wrong with a condition, and where. */
export class ConditionError extends Error {
  constructor(at: number, sentence: string) {
    super(`at character ${at}: ${sentence}`)
  }
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /[-+]?(\d*\.\d+([eE][-+]?\d+)?|\d+)(?![\w.])/y],
  ['name', /[A-Za-z][A-Za-z0-9_]*/y],
  ['operator', /==|!=|<=|>=|<|>/y],
  ['mark', /[()[\],.]/y],
]

/** @throws ConditionError at a character that no token begins with */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++
      continue
    }
    const end = text.charAt(at) === '"' ? endOfString(text, at) : undefined
    if (end !== undefined) {
      tokens.push({ kind: 'string', text: unquoted(text.slice(at + 1, end), at + 2), at: at + 1 })
      at = end + 1
      continue
    }
    const token = plainToken(text, at)
    tokens.push(token)
    at += token.text.length
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }]
}

function plainToken(text: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const [found] = pattern.exec(text) ?? []
    if (found !== undefined) return { kind, text: found, at: at + 1 }
  }
  const found = text.charAt(at)
  throw new ConditionError(at + 1, reasonAgainst(found, text.slice(at)))
}

function reasonAgainst(found: string, rest: string): string {
  if ('+-*/'.includes(found)) return 'arithmetic is not supported; compare paths with literals'
  if (found === '{') return 'maps are not supported as literals'
  if (found === '=') return 'write == to compare'
  if (/^0x/.test(rest)) return 'bytes are not supported as literals; compare trace_id.string'
  if (found === "'") return 'write strings in double quotes'
  return `${JSON.stringify(found)} is not understood`
}

/** Where a string's closing quote stands. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++
    else if (text.charAt(at) === '"') return at
  }
  throw new ConditionError(from + 1, 'this string has no end')
}

const escapes = new Map([
  ...['\\', '"', "'"].map((it) => [it, it] as const),
  ...([
    ['a', '\x07'],
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
  ] as const),
  ['v', '\v'],
])

/** Replaces the escapes of Go's strings. */
function unquoted(content: string, at: number): string {
  return content.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/gs, (_, code, offset) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    const meant = escapes.get(code)
    if (meant !== undefined) return meant
    throw new ConditionError(at + offset, `there is no escape \\${code}; for a backslash write two`)
  })
}
