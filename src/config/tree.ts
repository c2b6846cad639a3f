import type { Location, Path } from './problem.ts'

/** A piece of YAML text and what to call it in messages. */
export interface Source {
  readonly label: string
  readonly text: string
}

/** Where something begins in its source; made into a `Location` only when somebody asks. */
export interface Place {
  readonly source: Source
  readonly offset: number
}

/** The `${…}` that a value came from. */
export interface Origin {
  readonly reference: string
  /** The variable that was not set, where that is why there is no value. */
  readonly unset?: string
}

interface Positioned {
  readonly place: Place
  /** Nodes in this tree, shared ones counted each time: the size of its plain value. */
  readonly size: number
  readonly origin?: Origin
  /** The text that the value was read from, where it came from a `${…}`; string fields take it. */
  readonly text?: string
}

export interface Scalar extends Positioned {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
}

export interface List extends Positioned {
  readonly kind: 'list'
  readonly items: readonly Tree[]
}

export interface Entry {
  readonly place: Place
  readonly value: Tree
}

export interface Mapping extends Positioned {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
}

/** A configuration whose every value knows where it was written. Never changed in place. */
export type Tree = Scalar | List | Mapping

export function scalar(value: Scalar['value'], place: Place): Scalar {
  return { kind: 'scalar', value, place, size: 1 }
}

export function list(items: readonly Tree[], place: Place): List {
  return { kind: 'list', items, place, size: items.reduce((sum, it) => sum + it.size, 1) }
}

export function mapping(entries: ReadonlyMap<string, Entry>, place: Place): Mapping {
  let size = 1
  for (const { value } of entries.values()) size += value.size
  return { kind: 'map', entries, place, size }
}

/** Maps merge by key; everything else, an explicit null too, is replaced by the later one. */
export function merge(earlier: Tree, later: Tree): Tree {
  if (earlier.kind !== 'map' || later.kind !== 'map') return later
  const entries = new Map(earlier.entries)
  for (const [key, { place, value }] of later.entries) {
    const before = entries.get(key)
    entries.set(key, { place, value: before === undefined ? value : merge(before.value, value) })
  }
  return mapping(entries, earlier.place)
}

/** The plain value, made anew on every call: whoever asked may change it. */
export function toValue(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(toValue)
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toValue(value)]))
}

/** The part of a tree at a path. */
export function treeAt(tree: Tree, path: Path): Tree | undefined {
  let at: Tree | undefined = tree
  for (const step of path) at = at === undefined ? undefined : child(at, step)?.value
  return at
}

/** The entries of a map; of anything else, none. */
export function entriesOf(tree: Tree | undefined): ReadonlyMap<string, Entry> {
  return tree?.kind === 'map' ? tree.entries : new Map()
}

/** Whether nothing was written: no key, or a key with no value. */
export function isEmpty(tree: Tree | undefined): boolean {
  return tree === undefined || (tree.kind === 'scalar' && tree.value === null)
}

/** What lies at a path of a plain value. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = Reflect.get(at, step)
  }
  return at
}

/** Where a key or a value stands; of a path that does not exist, where its nearest parent does. */
export function locateIn(root: Tree, path: Path, what: 'key' | 'value'): Location {
  let key = root.place
  let tree = root
  for (const step of path) {
    const entry = child(tree, step)
    if (entry === undefined) return locationOf(key)
    key = entry.place
    tree = entry.value
  }
  return locationOf(what === 'key' ? key : tree.place)
}

function child(tree: Tree, step: string | number): Entry | undefined {
  if (tree.kind === 'map') return tree.entries.get(String(step))
  const item = tree.kind === 'list' && typeof step === 'number' ? tree.items[step] : undefined
  return item && { place: item.place, value: item }
}

/** Line and column of a place. */
export function locationOf({ source, offset }: Place): Location {
  const starts = lineStartsOf(source)
  const line = starts.findLastIndex((start) => start <= offset)
  const start = starts[line] ?? 0
  const end = starts[line + 1] ?? source.text.length
  return {
    file: source.label,
    line: line + 1,
    column: offset - start + 1,
    sourceLine: source.text.slice(start, end).replace(/\r?\n$/, ''),
  }
}

const lineStarts = new WeakMap<Source, readonly number[]>()

/** Counted once per source: a bad file asks for many places. */
function lineStartsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source)
  if (known !== undefined) return known
  const starts = [0, ...Array.from(source.text.matchAll(/\n/g), ({ index }) => index + 1)]
  lineStarts.set(source, starts)
  return starts
}
