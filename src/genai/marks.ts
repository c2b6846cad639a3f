import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { Dialect, DialectName } from './dialect.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { wordIn } from './spelling.ts'

interface Mark {
  readonly slot: number
  readonly dialect: DialectName
  /** What the value has to be, where the key alone tells nothing. */
  readonly value: Pattern | undefined
}

/** Attributes by which dialects are known, in the order of the dialects. */
export class Marks {
  readonly #marks: readonly Mark[]

  constructor(
    matcher: AttributeMatcher,
    dialects: readonly Dialect[],
    of: (dialect: Dialect) => readonly string[] | undefined,
  ) {
    this.#marks = dialects.flatMap((dialect) =>
      (of(dialect) ?? []).map((mark) => {
        const [key, value] = partsOfMark(mark)
        return {
          slot: matcher.slotOf(key),
          dialect: dialect.name,
          value: value === undefined ? undefined : compilePattern(value),
        }
      }),
    )
  }

  /** The dialects that a span has a mark of, each once. */
  of(slots: AttributeSlots): readonly DialectName[] {
    let found: DialectName[] | undefined
    for (const mark of this.#marks) {
      if (!slots.has(mark.slot) || found?.at(-1) === mark.dialect || !fits(mark, slots)) continue
      if (found === undefined) found = [mark.dialect]
      else found.push(mark.dialect)
    }
    return found ?? none
  }
}

const none: readonly DialectName[] = []

function fits({ value, slot }: Mark, slots: AttributeSlots): boolean {
  if (value === undefined) return true
  const view = slots.get(slot)
  const word = view === undefined ? undefined : wordIn(view)
  return word !== undefined && value(word)
}

/** The key of a mark, and after `=` the value that it has to have. */
export function partsOfMark(mark: string): readonly [key: string, value: string | undefined] {
  const at = mark.indexOf('=')
  return at < 0 ? [mark, undefined] : [mark.slice(0, at), mark.slice(at + 1)]
}
