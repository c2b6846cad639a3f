import type { Path, Problem } from './problem.ts'
import { type Entry, locationOf, type Mapping, mapping, type Tree } from './tree.ts'

const sections: readonly Path[] = [
  ['receivers'],
  ['processors'],
  ['exporters'],
  ['connectors'],
  ['extensions'],
  ['service', 'pipelines'],
]

/** Takes the blanks from around the parts of component and pipeline ids; ids must differ after it. */
export function trimIds(tree: Tree): { tree: Tree; problems: readonly Problem[] } {
  const problems: Problem[] = []
  const trimmed = sections.reduce(
    (whole, path) => within(whole, path, (section) => trimSection(section, path, problems)),
    tree,
  )
  return { tree: trimmed, problems }
}

/** The same tree with the map at a path replaced. */
function within(tree: Tree, [step, ...rest]: Path, change: (it: Mapping) => Tree): Tree {
  if (tree.kind !== 'map') return tree
  if (step === undefined) return change(tree)
  const entry = tree.entries.get(String(step))
  if (entry === undefined) return tree
  const changed: Entry = { place: entry.place, value: within(entry.value, rest, change) }
  return mapping(new Map(tree.entries).set(String(step), changed), tree.place)
}

function trimSection(section: Mapping, path: Path, problems: Problem[]): Tree {
  const entries = new Map<string, Entry>()
  for (const [key, entry] of section.entries) {
    const id = trimId(key)
    const before = entries.get(id)
    if (before === undefined) entries.set(id, entry)
    else problems.push(duplicate([...path, id], before, entry))
  }
  return mapping(entries, section.place)
}

/** `" otlp / in "` is `otlp/in`. */
export function trimId(id: string): string {
  const slash = id.indexOf('/')
  if (slash < 0) return id.trim()
  return `${id.slice(0, slash).trim()}/${id.slice(slash + 1).trim()}`
}

function duplicate(path: Path, before: Entry, { place }: Entry): Problem {
  const { line } = locationOf(before.place)
  const message = `is the id of line ${line} once blanks are gone: duplicate name "${path.at(-1)}"`
  return { path, message, severity: 'error', at: locationOf(place) }
}
