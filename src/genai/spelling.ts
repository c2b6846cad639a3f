import type { ValueView } from '../pdata/attributes.ts'

/** No word that names an operation, a dialect or a role is longer. */
const maxBytes = 128

/** A value that may be one of a few words, as it stands; `undefined` for all that cannot be. */
export function wordIn(value: ValueView): string | undefined {
  if (value.kind !== 'string' || value.sizeBytes > maxBytes) return undefined
  return value.asString()
}

/** A word as tables compare it: lower case, without the quotes of JSON and space around it. */
export function plainWord(word: string): string {
  return word
    .trim()
    .replace(/^"+|"+$/g, '')
    .trim()
    .toLowerCase()
}

/** What words stand for, whatever their case; the spelling of the table is found fastest. */
export class Spellings<T> {
  readonly #words = new Map<string, T>()

  /** Keeps the first meaning of a word. */
  add(word: string, meaning: T): void {
    for (const spelling of [word, plainWord(word)]) {
      if (!this.#words.has(spelling)) this.#words.set(spelling, meaning)
    }
  }

  get(word: string): T | undefined {
    return this.#words.get(word) ?? this.#words.get(plainWord(word))
  }
}
