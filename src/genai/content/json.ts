/** Plain data, whatever encoding it came in. Objects have no prototype. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** A new object without a prototype, so that no key of a sender meets one of the language. */
export function newObject(): Record<string, Json> {
  return Object.create(null)
}

const hostileKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Keys that nobody sends who means well: dropped wherever they stand. */
export function isHostileKey(key: string): boolean {
  return hostileKeys.has(key)
}

/** The first of the values that is neither absent nor null. */
export function firstOf(...values: readonly (Json | undefined)[]): Json | undefined {
  return values.find((value) => value !== undefined && value !== null)
}

/** A text that is not empty, or the text of a number. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The value under nested keys. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((it, key) => (isObject(it) ? it[key] : undefined), value)
}

/** The elements of a list; a single value is a list of one, and nothing an empty one. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return isList(value) ? value : [value]
}
