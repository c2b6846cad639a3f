import { type AttributeMatcher, compileMatcher } from '../pdata/attributes.ts'

/** Where one thing is looked for: attribute keys in the order of trust. */
export interface Source {
  /** What is looked for, for people. */
  readonly name: string
  readonly keys: readonly string[]
  /** Their places in the matcher. */
  readonly slots: readonly number[]
}

/** Sources with the one matcher that finds all their keys in a single pass. */
export interface Sources<Name extends string> {
  readonly matcher: AttributeMatcher
  readonly of: Readonly<Record<Name, Source>>
}

/** Compiles a table of sources; made once. */
export function compileSources<Name extends string>(
  table: Readonly<Record<Name, readonly string[]>>,
): Sources<Name> {
  const lists = Object.entries<readonly string[]>(table)
  const matcher = compileMatcher([...new Set(lists.flatMap(([, keys]) => keys))])
  const sources = lists.map(([name, keys]) => [
    name,
    { name, keys, slots: keys.map((key) => matcher.slotOf(key)) },
  ])
  return { matcher, of: Object.fromEntries(sources) }
}
