import { ConditionError, type Token, tokensOf } from './token.ts'

/** Goes through the tokens of a condition, one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  #next = 0

  /** @throws ConditionError where the text has no tokens */
  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  /** Whether a name with arguments comes next. */
  get isCall(): boolean {
    const behind = this.#tokens[this.#next + 1]
    return this.peek().kind === 'name' && behind?.kind === 'mark' && behind.text === '('
  }

  /** Whether arguments come next. */
  get isBeforeArguments(): boolean {
    const { kind, text } = this.peek()
    return kind === 'mark' && text === '('
  }

  /** The next token; behind the last one the end, again and again. */
  peek(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1)
    if (token === undefined) throw new Error('there is always an end')
    return token
  }

  /** The next token, taken. */
  advance(): Token {
    const token = this.peek()
    this.#next++
    return token
  }

  /** Goes on only if this comes next. */
  take(kind: Token['kind'], text: string): boolean {
    const token = this.peek()
    if (token.kind !== kind || token.text !== text) return false
    this.#next++
    return true
  }

  /** @throws ConditionError where something else comes next */
  expect(kind: Token['kind'], text: string): void {
    if (this.take(kind, text)) return
    const token = this.peek()
    throw new ConditionError(token.at, `${text} is missing before ${shown(token)}`)
  }
}

/** A token as messages show it. */
export function shown({ kind, text }: Token): string {
  if (kind === 'end') return 'the end'
  return kind === 'string' ? JSON.stringify(text) : text
}
