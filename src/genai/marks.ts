import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { Dialect, DialectName } from './dialect.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { wordIn } from './spelling.ts'

/** What one attribute tells: a bit for each dialect, by its place in the list. */
interface Mark {
  readonly slot: number
  /** Whose it is with any value. */
  readonly bits: number
  /** Whose it is with one value; `undefined` where values tell nothing more. */
  readonly byValue: ValueMark | undefined
}

interface ValueMark {
  readonly words: ReadonlyMap<string, number>
  readonly patterns: readonly (readonly [fits: Pattern, bits: number])[]
}

/** A set of dialects is one number. */
const maxDialects = 32
/** Emitters mix few dialects; what is sent to fill the memory of combinations is not kept. */
const maxRemembered = 512

/** Attributes by which dialects are known. */
export class Marks {
  readonly #dialects: readonly DialectName[]
  /** By slot: of the many keys that are wanted a span has few. */
  readonly #marks: readonly (Mark | undefined)[]
  readonly #remembered = new Map<number, readonly DialectName[]>([[0, []]])

  constructor(
    matcher: AttributeMatcher,
    dialects: readonly Dialect[],
    of: (dialect: Dialect) => readonly string[] | undefined,
  ) {
    const marked = dialects.filter((dialect) => of(dialect) !== undefined)
    if (marked.length > maxDialects) throw new TypeError(`more than ${maxDialects} dialects`)
    const entries = marked.flatMap((dialect, place) =>
      (of(dialect) ?? []).map((mark) => [...partsOfMark(mark), 1 << place] as const),
    )
    this.#dialects = marked.map(({ name }) => name)
    const byKey = Map.groupBy(entries, ([key]) => key)
    this.#marks = matcher.keys.map((key, slot) => {
      const ofKey = byKey.get(key)
      return ofKey === undefined ? undefined : markOf(slot, ofKey)
    })
  }

  /** The dialects that a span has a mark of, in their order. */
  of(slots: AttributeSlots): readonly DialectName[] {
    let bits = 0
    for (let at = 0; at < slots.filledCount; at++) {
      const mark = this.#marks[slots.filledSlot(at)]
      if (mark !== undefined && slots.has(mark.slot)) bits |= bitsOf(slots, mark)
    }
    return this.#remembered.get(bits) ?? this.#namesOf(bits)
  }

  #namesOf(bits: number): readonly DialectName[] {
    const names = this.#dialects.filter((_, place) => (bits & (1 << place)) !== 0)
    if (this.#remembered.size < maxRemembered) this.#remembered.set(bits, names)
    return names
  }
}

function bitsOf(slots: AttributeSlots, mark: Mark): number {
  if (mark.byValue === undefined) return mark.bits
  const view = slots.get(mark.slot)
  const word = view === undefined ? undefined : wordIn(view)
  if (word === undefined) return mark.bits
  const { words, patterns } = mark.byValue
  return mark.bits | (words.get(word) ?? patterns.find(([fits]) => fits(word))?.[1] ?? 0)
}

type MarkEntry = readonly [key: string, value: string | undefined, bit: number]

function markOf(slot: number, entries: readonly MarkEntry[]): Mark {
  let bits = 0
  const words = new Map<string, number>()
  const patterns: (readonly [fits: Pattern, bits: number])[] = []
  for (const [, value, bit] of entries) {
    if (value === undefined) bits |= bit
    else if (value.includes('*')) patterns.push([compilePattern(value), bit])
    else words.set(value, bit)
  }
  const hasValues = words.size + patterns.length > 0
  return { slot, bits, byValue: hasValues ? { words, patterns } : undefined }
}

/** The key of a mark, and after `=` the value that it has to have. */
export function partsOfMark(mark: string): readonly [key: string, value: string | undefined] {
  const at = mark.indexOf('=')
  return at < 0 ? [mark, undefined] : [mark.slice(0, at), mark.slice(at + 1)]
}
