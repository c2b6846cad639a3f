import { type AttributeMatcher, compileMatcher } from '../pdata/attributes.ts'

/** Where one thing is looked for: attribute keys in the order of trust. */
export interface Source {
  /** What is looked for, for people. */
  readonly name: string
  readonly keys: readonly string[]
  /** Their places in the matcher. */
  readonly slots: readonly number[]
  /** Its place in its table. */
  readonly place: number
}

/** Sources with the one matcher that finds all their keys in a single pass. */
export interface Sources<Name extends string> {
  readonly matcher: AttributeMatcher
  readonly of: Readonly<Record<Name, Source>>
  /** All of them, by their places. */
  readonly list: readonly Source[]
}

/** Compiles a table of sources; made once. */
export function compileSources<Name extends string>(
  table: Readonly<Record<Name, readonly string[]>>,
): Sources<Name> {
  const lists = Object.entries<readonly string[]>(table)
  const matcher = compileMatcher([...new Set(lists.flatMap(([, keys]) => keys))])
  const list = lists.map(([name, keys], place) => ({
    name,
    keys,
    slots: keys.map((key) => matcher.slotOf(key)),
    place,
  }))
  const named = list.map((source) => [source.name, source])
  return { matcher, of: Object.fromEntries(named), list }
}
