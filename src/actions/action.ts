import type { Pattern } from '../patterns/pattern.ts'
import type { AttributeValue } from '../pdata/overlay.ts'
import type { ClientContext } from './client-context.ts'

/** Where an action takes a value from. */
export type Source =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'attribute'; readonly key: string }
  | { readonly kind: 'context'; readonly read: (context: ClientContext) => string | undefined }

export type ConvertedType = 'int' | 'double' | 'string'

/** One change of attributes, as it is configured. */
export type Action =
  | {
      readonly kind: 'insert' | 'update' | 'upsert'
      readonly key: string
      readonly source: Source
      /** Used where the source has nothing. */
      readonly fallback: AttributeValue | undefined
    }
  | {
      readonly kind: 'delete' | 'hash'
      readonly key: string | undefined
      /** Matched against keys. */
      readonly pattern: Pattern | undefined
    }
  | { readonly kind: 'extract'; readonly key: string; readonly pattern: Pattern }
  | { readonly kind: 'convert'; readonly key: string; readonly to: ConvertedType }

/** Whether an action hides something: what cannot be hidden must not pass. */
export function protects({ kind }: Action): boolean {
  return kind === 'delete' || kind === 'hash'
}
