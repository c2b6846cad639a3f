import type { Path, Problem } from './problem.ts'
import { findReference, isWhole, unescapeDollars } from './references.ts'
import { ExpansionError, References, type Retrieved } from './retrieve.ts'
import type { Surroundings } from './sources.ts'
import {
  type Entry,
  list,
  locationOf,
  mapping,
  type Origin,
  type Scalar,
  type Tree,
} from './tree.ts'

export interface Expansion {
  readonly tree: Tree
  readonly problems: readonly Problem[]
}

/**
 * Replaces every `${…}` in the values of a tree, never in its keys. A value that is one reference
 * becomes what its text means as YAML and keeps the text beside it, for fields that are strings;
 * inside a longer string the text itself is inserted. What cannot be expanded stays and is named.
 */
export async function expand(tree: Tree, surroundings: Surroundings): Promise<Expansion> {
  const expander = new Expander(surroundings)
  const expanded = await expander.tree(tree, [])
  return { tree: expanded, problems: expander.problems }
}

const maxRounds = 1000
/** Characters and values that all references together may bring in. */
const maxWork = 4 * 2 ** 20
const maxDepth = 100
const tooMany = 'too many recursive expansions'

class Expander {
  readonly problems: Problem[] = []
  readonly #references: References
  #work = 0

  constructor(surroundings: Surroundings) {
    this.#references = new References(surroundings)
  }

  async tree(tree: Tree, path: Path): Promise<Tree> {
    if (tree.kind === 'map') {
      const entries = new Map<string, Entry>()
      for (const [key, { place, value }] of tree.entries) {
        entries.set(key, { place, value: await this.tree(value, [...path, key]) })
      }
      return { ...tree, ...mapping(entries, tree.place) }
    }
    if (tree.kind === 'list') {
      const items: Tree[] = []
      for (const [index, item] of tree.items.entries()) {
        items.push(await this.tree(item, [...path, index]))
      }
      return { ...tree, ...list(items, tree.place) }
    }
    return this.#scalar(tree, path)
  }

  async #scalar(tree: Scalar, path: Path): Promise<Tree> {
    if (typeof tree.value !== 'string' || !tree.value.includes('$')) return tree
    try {
      if (path.length > maxDepth) throw new ExpansionError(tooMany)
      return await this.#text(tree, tree.value, path)
    } catch (cause) {
      if (!(cause instanceof ExpansionError)) throw cause
      this.#report('error', cause.message, tree, path)
      return { ...tree, origin: { reference: tree.value } }
    }
  }

  /** One string, round by round, innermost reference first, until it is a value or has none left. */
  async #text(tree: Scalar, written: string, path: Path): Promise<Tree> {
    let text = written
    let origin: Origin | undefined
    for (let round = 0; round < maxRounds; round++) {
      const reference = findReference(text)
      if (reference === undefined) {
        return { ...tree, value: unescapeDollars(text), ...(origin && { origin }) }
      }
      const retrieved = await this.#retrieve(text.slice(reference.start, reference.end))
      origin = { reference: written, ...(retrieved.unset && { unset: retrieved.unset }) }
      this.#warn(retrieved, tree, path)
      if (isWhole(reference, text) && retrieved.tree !== undefined) {
        return this.#whole(tree, retrieved, retrieved.tree, origin, path)
      }
      text = text.slice(0, reference.start) + retrieved.text + text.slice(reference.end)
      this.#spend(text.length)
    }
    throw new ExpansionError(tooMany)
  }

  /** The value of a reference that stands alone: itself expanded, placed where the reference is. */
  async #whole(
    { place }: Scalar,
    { text, unset }: Retrieved,
    value: Tree,
    origin: Origin,
    path: Path,
  ): Promise<Tree> {
    this.#spend(value.size)
    const expanded = await this.tree(value, [...path])
    const beside = unset === undefined ? await this.#beside(text) : undefined
    return { ...expanded, place, origin, ...(beside !== undefined && { text: beside }) }
  }

  /** The original text with its own references expanded; none where that fails, as upstream. */
  async #beside(original: string): Promise<string | undefined> {
    let text = original
    try {
      for (let round = 0; round < maxRounds; round++) {
        const reference = findReference(text)
        if (reference === undefined) return unescapeDollars(text)
        const { text: inserted } = await this.#retrieve(text.slice(reference.start, reference.end))
        text = text.slice(0, reference.start) + inserted + text.slice(reference.end)
        this.#spend(text.length)
      }
    } catch (cause) {
      if (!(cause instanceof ExpansionError)) throw cause
    }
    return undefined
  }

  async #retrieve(reference: string): Promise<Retrieved> {
    this.#spend(1)
    return this.#references.retrieve(reference.slice(2, -1))
  }

  #spend(work: number): void {
    this.#work += work
    if (this.#work > maxWork) throw new ExpansionError(tooMany)
  }

  #warn({ unset, empty }: Retrieved, tree: Tree, path: Path): void {
    const variable = 'Configuration references'
    if (unset)
      this.#report('warning', `${variable} unset environment variable ${unset}`, tree, path)
    if (empty) this.#report('info', `${variable} empty environment variable ${empty}`, tree, path)
  }

  #report(severity: Problem['severity'], message: string, { place }: Tree, path: Path): void {
    if (this.problems.length >= 100) return
    if (this.problems.some((it) => it.message === message && it.path.join() === path.join())) return
    this.problems.push({ path, message, severity, at: locationOf(place) })
  }
}
