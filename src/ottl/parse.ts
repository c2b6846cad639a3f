import { compilePattern } from '../patterns/pattern.ts'
import type { Condition, Term } from './syntax.ts'
import { ConditionError, type Token } from './token.ts'
import { shown, TokenReader } from './token-reader.ts'
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
const operators: readonly Operator[] = ['==', '!=', '<', '<=', '>', '>=']

/**
 * Reads a condition in the subset of OTTL that a context has, or says in one sentence what is
 * wrong, where, and what there is instead.
 */
export function parseCondition(names: Names, text: string): Condition | string {
  if (text.length > maxLength) return `is longer than ${maxLength} characters`
  try {
    return new Parser(names, new TokenReader(text)).whole()
  } catch (cause) {
    if (cause instanceof ConditionError) return cause.message
    throw cause
  }
}

class Parser {
  readonly #names: Names
  readonly #tokens: TokenReader
  #depth = 0

  constructor(names: Names, tokens: TokenReader) {
    this.#names = names
    this.#tokens = tokens
  }

  whole(): Condition {
    const condition = this.#any()
    const { kind, text, at } = this.#tokens.peek()
    if (kind !== 'end') throw new ConditionError(at, `${text} cannot follow here; write and or or`)
    return condition
  }

  #any(): Condition {
    return this.#joined('any', 'or', () => this.#joined('all', 'and', () => this.#negatable()))
  }

  #joined(kind: 'any' | 'all', word: string, part: () => Condition): Condition {
    const first = part()
    const of = [first]
    while (this.#tokens.take('name', word)) of.push(part())
    return of.length === 1 ? first : { kind, of }
  }

  #negatable(): Condition {
    const { at } = this.#tokens.peek()
    if (this.#depth >= maxDepth) throw new ConditionError(at, `it nests deeper than ${maxDepth}`)
    this.#depth++
    const condition: Condition = this.#tokens.take('name', 'not')
      ? { kind: 'not', of: this.#negatable() }
      : this.#plain()
    this.#depth--
    return condition
  }

  #plain(): Condition {
    const token = this.#tokens.peek()
    if (this.#tokens.take('mark', '(')) {
      const condition = this.#any()
      this.#tokens.expect('mark', ')')
      return condition
    }
    if (this.#tokens.isCall) return this.#call()
    const isConstant = token.kind === 'name' && /^(true|false)$/.test(token.text)
    const left = this.#term()
    const { kind, text, at } = this.#tokens.peek()
    const operator = kind === 'operator' ? operators.find((it) => it === text) : undefined
    if (operator === undefined && isConstant) {
      return { kind: 'constant', value: token.text === 'true' }
    }
    if (operator === undefined) {
      throw new ConditionError(at, `a comparison is missing: ${operators.join(' ')}`)
    }
    this.#tokens.advance()
    return { kind: 'compare', operator, left, right: this.#term() }
  }

  /** Functions are conditions; none of them gives a value. */
  #call(): Condition {
    const { text: name, at } = this.#tokens.advance()
    this.#tokens.expect('mark', '(')
    if (this.#names.tests.has(name)) {
      this.#tokens.expect('mark', ')')
      return { kind: 'test', name }
    }
    if (name !== 'IsMatch') {
      const known = ['IsMatch', ...this.#names.tests.keys()].join(', ')
      throw new ConditionError(at, `the function ${name} is not supported here; there is ${known}`)
    }
    const term = this.#term()
    this.#tokens.expect('mark', ',')
    const written = this.#tokens.advance()
    if (written.kind !== 'string') {
      throw new ConditionError(written.at, 'the pattern has to be a string')
    }
    const pattern = compilePattern(written.text)
    if (typeof pattern === 'string') throw new ConditionError(written.at, `it ${pattern}`)
    this.#tokens.expect('mark', ')')
    return { kind: 'match', term, pattern }
  }

  #term(): Term {
    const token = this.#tokens.advance()
    const { kind, text, at } = token
    if (kind === 'string') return { kind: 'literal', value: text }
    if (kind === 'number') return { kind: 'literal', value: numberIn(text) }
    if (kind !== 'name') throw new ConditionError(at, `${shown(token)} is no value`)
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' }
    if (text === 'nil') return { kind: 'literal', value: undefined }
    if (this.#tokens.isBeforeArguments) {
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
    while (this.#tokens.take('mark', '.')) steps.push(this.#tokens.advance().text)
    const isOwn = steps[0] === this.#names.prefix && steps.length > 1
    const path = (isOwn ? steps.slice(1) : steps).join('.')
    const { paths, values, maps } = this.#names
    if (this.#tokens.take('mark', '[')) {
      const key = this.#tokens.advance()
      this.#tokens.expect('mark', ']')
      if (!maps.has(path))
        throw new ConditionError(at, `${path} has no keys; ${list(maps.keys())} have`)
      if (key.kind !== 'string') throw new ConditionError(key.at, 'the key has to be a string')
      const { at: where } = this.#tokens.peek()
      if (this.#tokens.take('mark', '[') || this.#tokens.take('mark', '.')) {
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
}

function list(names: Iterable<string>): string {
  return [...names].join(', ')
}

function numberIn(text: string): number | bigint {
  const value = Number(text)
  const isExact = !/^[-+]?\d+$/.test(text) || Number.isSafeInteger(value)
  return isExact ? value : BigInt(text.replace('+', ''))
}
