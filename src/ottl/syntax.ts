import type { Pattern } from '../patterns/pattern.ts'
import type { Operator, Value } from './value.ts'

/** A value in a condition. */
export type Term =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'attribute'; readonly map: string; readonly key: string }

/** A condition, read and checked against what its context has. */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'any' | 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare'
      readonly operator: Operator
      readonly left: Term
      readonly right: Term
    }
  | { readonly kind: 'match'; readonly term: Term; readonly pattern: Pattern }
  | { readonly kind: 'test'; readonly name: string }
