import { compileMatcher, type ValueView } from '../pdata/attributes.ts'
import type { Context } from './context.ts'
import type { Condition, Term } from './syntax.ts'
import { compare, textIn, type Value, valueIn } from './value.ts'

/** Whether a condition holds for an item. */
export type Test<V> = (view: V) => boolean

/**
 * Compiles conditions that are asked about the same items: the attributes that any of them names
 * are looked up in one pass.
 */
export function compileConditions<V>(
  context: Context<V>,
  conditions: readonly Condition[],
): readonly Test<V>[] {
  const compiler = new Compiler(context, conditions)
  return conditions.map((it) => compiler.test(it))
}

class Compiler<V> {
  readonly #context: Context<V>
  readonly #lookups = new Map<string, (view: V) => ValueView | undefined>()

  constructor(context: Context<V>, conditions: readonly Condition[]) {
    this.#context = context
    const named = Map.groupBy(conditions.flatMap(attributesIn), (it) => it.map)
    for (const [map, attributes] of named) {
      const keys = [...new Set(attributes.map((it) => it.key))]
      const matcher = compileMatcher(keys)
      const holder = found(context.maps.get(map))
      for (const [slot, key] of keys.entries()) {
        const lookup = (view: V) => holder(view).attributes(matcher).get(slot)
        this.#lookups.set(lookupKey(map, key), lookup)
      }
    }
  }

  test(condition: Condition): Test<V> {
    switch (condition.kind) {
      case 'constant':
        return () => condition.value
      case 'any': {
        const tests = condition.of.map((it) => this.test(it))
        return (view) => tests.some((it) => it(view))
      }
      case 'all': {
        const tests = condition.of.map((it) => this.test(it))
        return (view) => tests.every((it) => it(view))
      }
      case 'not': {
        const test = this.test(condition.of)
        return (view) => !test(view)
      }
      case 'compare': {
        const { operator } = condition
        const left = this.#value(condition.left)
        const right = this.#value(condition.right)
        return (view) => compare(operator, left(view), right(view))
      }
      case 'match': {
        const { pattern } = condition
        const text = this.#text(condition.term)
        return (view) => {
          const found = text(view)
          return found !== undefined && pattern.test(found)
        }
      }
      case 'test':
        return found(this.#context.tests.get(condition.name))
    }
  }

  #value(term: Term): (view: V) => Value {
    if (term.kind === 'literal') return () => term.value
    const scalar = term.kind === 'path' ? this.#context.paths.get(term.path) : undefined
    if (scalar !== undefined) return scalar
    const view = this.#view(term)
    return (item) => valueIn(view(item))
  }

  #text(term: Term): (view: V) => string | undefined {
    if (
      term.kind === 'attribute' ||
      (term.kind === 'path' && this.#context.values.has(term.path))
    ) {
      const view = this.#view(term)
      return (item) => textIn(view(item))
    }
    const value = this.#value(term)
    return (item) => {
      const found = value(item)
      return found === undefined ? undefined : String(found)
    }
  }

  #view(term: Exclude<Term, { kind: 'literal' }>): (view: V) => ValueView | undefined {
    return term.kind === 'path'
      ? found(this.#context.values.get(term.path))
      : found(this.#lookups.get(lookupKey(term.map, term.key)))
  }
}

type Attribute = Extract<Term, { kind: 'attribute' }>

function attributesIn(condition: Condition): Attribute[] {
  switch (condition.kind) {
    case 'any':
    case 'all':
      return condition.of.flatMap(attributesIn)
    case 'not':
      return attributesIn(condition.of)
    case 'compare':
      return [condition.left, condition.right].filter((it) => it.kind === 'attribute')
    case 'match':
      return [condition.term].filter((it) => it.kind === 'attribute')
    default:
      return []
  }
}

function lookupKey(map: string, key: string): string {
  return `${map}[${key}`
}

/** What the parser has checked against this context is there. */
function found<T>(it: T | undefined): T {
  if (it === undefined) throw new Error('the condition was read for another context')
  return it
}
