/** An int64 attribute from a number; a bare number is a double, a bigint an int64. */
export class Int {
  readonly value: number

  constructor(value: number) {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no exact integer`)
    this.value = value
  }
}

export const int = (value: number): Int => new Int(value)

/**
 * What an attribute can be set to: a number is a double, `int(n)` or a bigint an int64, an object
 * a kvlist, `undefined` inside arrays and objects the empty value.
 */
export type AttributeValue =
  | string
  | number
  | bigint
  | Int
  | boolean
  | Uint8Array
  | readonly (AttributeValue | undefined)[]
  | { readonly [key: string]: AttributeValue | undefined }
