import type { ValueView } from '../pdata/attributes.ts'
import { textOf } from '../pdata/value-text.ts'

/** Lists, maps and bytes: they are there, and equal to nothing that can be written. */
export const composite: unique symbol = Symbol('composite')

/** What a path or literal stands for; `undefined` is OTTL's nil. */
export type Value = string | number | bigint | boolean | typeof composite | undefined

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>='

/** The value of an attribute or a body. */
export function valueIn(view: ValueView | undefined): Value {
  switch (view?.kind) {
    case 'string':
      return view.asString()
    case 'bool':
      return view.asBool()
    case 'double':
      return view.asNumber()
    case 'int': {
      const near = view.asNumber()
      return Number.isSafeInteger(near) ? near : view.asBigInt()
    }
    case undefined:
    case 'empty':
      return undefined
    default:
      return composite
  }
}

/** The text in which a pattern is looked for; nothing is found in nil. */
export function textIn(view: ValueView | undefined): string | undefined {
  if (view?.kind === 'string') return view.asString()
  const value = view?.toValue()
  return value === undefined ? undefined : textOf(value)
}

/**
 * OTTL's comparison: numbers of both kinds with each other, else only what is of one kind. Values
 * of different kinds are unequal, and neither is less. nil equals nil alone.
 */
export function compare(operator: Operator, a: Value, b: Value): boolean {
  if (a === undefined && b === undefined) return operator.endsWith('=') && operator !== '!='
  if (isNumber(a) && isNumber(b)) return ordered(operator, a, b)
  if (typeof a === 'string' && typeof b === 'string') return ordered(operator, a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return ordered(operator, a, b)
  return operator === '!='
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

type Ordered = string | number | bigint | boolean

/** An int and a double are equal when neither is less, and they are comparable at all. */
function ordered(operator: Operator, a: Ordered, b: Ordered): boolean {
  switch (operator) {
    case '==':
      return a >= b && a <= b
    case '!=':
      return !(a >= b && a <= b)
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
  }
}
