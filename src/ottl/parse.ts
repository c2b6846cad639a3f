import { compilePattern } from '../patterns/pattern.ts'
import type { Condition, Term } from './syntax.ts'
import { ConditionError, type Token, tokensOf } from './token.ts'
import type { Operator } from './value.ts'

interface Named {
  has(name: string): boolean
  keys(): Iterable<string>
}

/** What a context knows by name; what it does with it does not matter here. */
export interface Names {
  readonly prefix: string
  readonly paths: Named
  readonly values: Named
  readonly maps: Named
  readonly tests: Named
  readonly enums: ReadonlyMap<string, number>
}

/** Longer or deeper conditions are a mistake. */
const [maxLength, maxDepth] = [10_000, 64]
const operators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies Operator[]

/**
 * Reads a condition in the subset of OTTL that a context has, or says in one sentence what is
 * wrong, where, and what there is instead.
 */
export function parseCondition(names: Names, text: string): Condition | string {
  if (text.length > maxLength) return `is longer than ${maxLength} characters`
  try {
    return new Parser(names, tokensOf(text)).whole()
  } catch (cause) {
    if (cause instanceof ConditionError) return cause.message
    throw cause
  }
}

class Parser {
  readonly #names: Names
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(names: Names, tokens: readonly Token[]) {
    this.#names = names
    this.#tokens = tokens
  }

  whole(): Condition {
    const condition = this.#any()
    const { kind, text, at } = this.#peek()
    if (kind !== 'end') throw new ConditionError(at, `${text} cannot follow here; write and or or`)
    return condition
  }

  #any(): Condition {
    return this.#joined('any', 'or', () => this.#joined('all', 'and', () => this.#negatable()))
  }

  #joined(kind: 'any' | 'all', word: string, part: () => Condition): Condition {
    const first = part()
    const of = [first]
    while (this.#take('name', word)) of.push(part())
    return of.length === 1 ? first : { kind, of }
  }

  #negatable(): Condition {
    const { at } = this.#peek()
    if (this.#depth >= maxDepth) throw new ConditionError(at, `it nests deeper than ${maxDepth}`)
    this.#depth++
    const condition: Condition = this.#take('name', 'not')
      ? { kind: 'not', of: this.#negatable() }
      : this.#plain()
    this.#depth--
    return condition
  }

  #plain(): Condition {
    const token = this.#peek()
    if (this.#take('mark', '(')) {
      const condition = this.#any()
      this.#expect('mark', ')')
      return condition
    }
    if (token.kind === 'name' && this.#tokens[this.#next + 1]?.text === '(') return this.#call()
    const isConstant = token.text === 'true' || token.text === 'false'
    const left = this.#term()
    const { text, at } = this.#peek()
    const operator = operators.find((it): it is Operator => it === text)
    if (operator === undefined && isConstant) {
      return { kind: 'constant', value: token.text === 'true' }
    }
    if (operator === undefined) {
      throw new ConditionError(at, `a comparison is missing: ${operators.join(' ')}`)
    }
    this.#next++
    return { kind: 'compare', operator, left, right: this.#term() }
  }

  /** Functions are conditions; none of them gives a value. */
  #call(): Condition {
    const { text: name, at } = this.#advance()
    this.#expect('mark', '(')
    if (this.#names.tests.has(name)) {
      this.#expect('mark', ')')
      return { kind: 'test', name }
    }
    if (name !== 'IsMatch') {
      const known = ['IsMatch', ...this.#names.tests.keys()].join(', ')
      throw new ConditionError(at, `the function ${name} is not supported here; there is ${known}`)
    }
    const term = this.#term()
    this.#expect('mark', ',')
    const written = this.#advance()
    if (written.kind !== 'string') {
      throw new ConditionError(written.at, 'the pattern has to be a string')
    }
    const pattern = compilePattern(written.text)
    if (typeof pattern === 'string') throw new ConditionError(written.at, `it ${pattern}`)
    this.#expect('mark', ')')
    return { kind: 'match', term, pattern }
  }

  #term(): Term {
    const token = this.#advance()
    const { kind, text, at } = token
    if (kind === 'string') return { kind: 'literal', value: text }
    if (kind === 'number') return { kind: 'literal', value: numberIn(text) }
    if (kind !== 'name') throw new ConditionError(at, `${shown(token)} is no value`)
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' }
    if (text === 'nil') return { kind: 'literal', value: undefined }
    if (this.#peek().text === '(') {
      throw new ConditionError(at, `${text}(…) cannot be compared; functions stand alone`)
    }
    return /^[A-Z]/.test(text) ? this.#enum(token) : this.#path(token)
  }

  #enum({ text, at }: Token): Term {
    const value = this.#names.enums.get(text)
    if (value !== undefined) return { kind: 'literal', value }
    throw new ConditionError(
      at,
      `there is no ${text} here; there is ${list(this.#names.enums.keys())}`,
    )
  }

  #path({ text, at }: Token): Term {
    const steps = [text]
    while (this.#take('mark', '.')) steps.push(this.#advance().text)
    const isOwn = steps[0] === this.#names.prefix && steps.length > 1
    const path = (isOwn ? steps.slice(1) : steps).join('.')
    const { paths, values, maps } = this.#names
    if (this.#take('mark', '[')) {
      const key = this.#advance()
      this.#expect('mark', ']')
      if (!maps.has(path))
        throw new ConditionError(at, `${path} has no keys; ${list(maps.keys())} have`)
      if (key.kind !== 'string') throw new ConditionError(key.at, 'the key has to be a string')
      const { text: further, at: where } = this.#peek()
      if (further === '[' || further === '.') {
        throw new ConditionError(
          where,
          'only the key of an attribute can be asked for, nothing in it',
        )
      }
      return { kind: 'attribute', map: path, key: key.text }
    }
    if (paths.has(path) || values.has(path)) return { kind: 'path', path }
    if (maps.has(path)) throw new ConditionError(at, `${path} needs a key: write ${path}["…"]`)
    const known = [...paths.keys(), ...values.keys(), ...[...maps.keys()].map((it) => `${it}["…"]`)]
    throw new ConditionError(at, `there is no path ${path} here; there is ${list(known)}`)
  }

  #peek(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1)
    if (token === undefined) throw new Error('there is always an end')
    return token
  }

  #advance(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#peek()
    if (token.kind !== kind || token.text !== text) return false
    this.#next++
    return true
  }

  #expect(kind: Token['kind'], text: string): void {
    if (this.#take(kind, text)) return
    const token = this.#peek()
    throw new ConditionError(token.at, `${text} is missing before ${shown(token)}`)
  }
}

function shown({ kind, text }: Token): string {
  if (kind === 'end') return 'the end'
  return kind === 'string' ? JSON.stringify(text) : text
}

function list(names: Iterable<string>): string {
  return [...names].join(', ')
}

function numberIn(text: string): number | bigint {
  const value = Number(text)
  const isExact = !/^[-+]?\d+$/.test(text) || Number.isSafeInteger(value)
  return isExact ? value : BigInt(text.replace('+', ''))
}
