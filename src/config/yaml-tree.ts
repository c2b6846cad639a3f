import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type ScalarTag,
  type YAMLMap,
} from 'yaml'
import type { Path, Problem } from './problem.ts'
import {
  type Entry,
  list,
  locationOf,
  mapping,
  type Place,
  type Source,
  scalar,
  type Tree,
} from './tree.ts'

/** More than any configuration needs; what a hostile one may cost. */
const limits = { characters: 2 * 2 ** 20, depth: 100, values: 100_000, problems: 100 }

export interface ParsedYaml {
  /** Missing where the text is empty or cannot be read as a whole. */
  readonly tree?: Tree
  readonly problems: readonly Problem[]
}

/** Reads YAML text into a tree of positioned values, or says why it cannot. */
export function parseYaml(source: Source): ParsedYaml {
  if (source.text.length > limits.characters) {
    return { problems: [problem('is too large: a source may have 2 MiB', { source, offset: 0 })] }
  }
  try {
    return new Reader(source).read()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    return { problems: [problem(tooDeep, { source, offset: 0 })] }
  }
}

const tooDeep = `is nested too deep: at most ${limits.depth} levels are read`

/**
 * YAML 1.2 with what Go's parser keeps of 1.1: `0123` is octal, `0b101` and `1_000` are numbers.
 * `yes`, `no`, `on` and `off` stay strings.
 */
const goNumbers: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?(?:0o?[0-7_]+|0b[01_]+|0x[\da-fA-F_]+|[1-9]\d*(?:_\d+)+)$/,
  resolve: (text) => {
    const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
    const octal = digits.replace(/^0(?=[0-7])/, '0o')
    return (text.startsWith('-') ? -1 : 1) * Number(octal)
  },
}

class Reader {
  readonly #source: Source
  readonly #problems: Problem[] = []
  /** Built once where the anchor stands and shared by its aliases. */
  readonly #anchors = new Map<string, Tree>()
  #values = 0
  /** Whether something was left out of the tree, so that checking it would mislead. */
  #isIncomplete = false

  constructor(source: Source) {
    this.#source = source
  }

  read(): ParsedYaml {
    const document = parseDocument(this.#source.text, {
      customTags: (tags) => [goNumbers, ...tags],
      logLevel: 'error',
      prettyErrors: false,
      uniqueKeys: false,
    })
    const [error] = document.errors
    if (error !== undefined) return { problems: [this.#syntaxError(error.message, error.pos[0])] }
    const root: Node | null = document.contents
    if (root === null) return { problems: [] }
    const tree = this.#node(root, this.#at(0), [])
    const isEmpty = tree.kind === 'scalar' && tree.value === null
    const isWhole = !isEmpty && !this.#isIncomplete
    return isWhole ? { tree, problems: this.#problems } : { problems: this.#problems }
  }

  /** The parser quotes tokens, and a token may be half a secret: its sentence goes without them. */
  #syntaxError(message: string, offset: number): Problem {
    const sentence = message.replace(/(: ".*"|; please use .*)$/s, '')
    return problem(`${sentence}: contents are not valid YAML`, this.#at(offset))
  }

  #node(node: Node, fallback: Place, path: Path): Tree {
    const place = node.range ? this.#at(node.range[0]) : fallback
    if (path.length > limits.depth) return this.#refuse(tooDeep, place, path.slice(0, 5))
    if (isAlias(node)) return this.#alias(node, place, path)
    const tree = this.#value(node, place, path)
    if ('anchor' in node && typeof node.anchor === 'string') this.#anchors.set(node.anchor, tree)
    return tree
  }

  #value(node: Node, place: Place, path: Path): Tree {
    this.#values++
    if (isMap<Node | null, Node | null>(node)) return this.#map(node, place, path)
    if (isSeq<Node | null>(node)) {
      const items = node.items.map((item, index) =>
        item === null ? scalar(null, place) : this.#node(item, place, [...path, index]),
      )
      return list(items, place)
    }
    return scalar(isScalar(node) ? plain(node.value) : null, place)
  }

  #alias({ source }: Alias, place: Place, path: Path): Tree {
    const tree = this.#anchors.get(source)
    if (tree === undefined)
      return this.#refuse(`refers to no finished anchor &${source}`, place, path)
    this.#values += tree.size
    if (this.#values <= limits.values) return tree
    return this.#refuse(`aliases repeat more than ${limits.values} values`, place, path)
  }

  #map(node: YAMLMap<Node | null, Node | null>, place: Place, path: Path): Tree {
    const entries = new Map<string, Entry>()
    const merged = new Map<string, Entry>()
    for (const pair of node.items) {
      const { key } = pair
      const keyPlace = key?.range ? this.#at(key.range[0]) : place
      const name = isScalar(key) ? keyText(key.value, key.source) : undefined
      if (name === undefined || name === '__proto__') {
        this.#refuse('has a key that is no plain name', keyPlace, path)
      } else if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        for (const [from, entry] of this.#merged(pair, keyPlace, path)) merged.set(from, entry)
      } else {
        this.#entry(entries, name, pair, keyPlace, [...path, name])
      }
    }
    for (const [name, entry] of merged) if (!entries.has(name)) entries.set(name, entry)
    return mapping(entries, place)
  }

  #entry(
    entries: Map<string, Entry>,
    name: string,
    { value }: Pair<Node | null, Node | null>,
    place: Place,
    path: Path,
  ): void {
    const before = entries.get(name)
    if (before === undefined) {
      const tree = value === null ? scalar(null, place) : this.#node(value, place, path)
      entries.set(name, { place, value: tree })
      return
    }
    if (this.#problems.length >= limits.problems) return
    const { line } = locationOf(before.place)
    const rule = `Map keys must be unique: mapping key "${name}" already defined at line ${line}`
    this.#report(rule, place, path)
  }

  /** What `<<: *anchor` or `<<: [*a, *b]` brings in; of the same key the first one counts. */
  #merged({ value }: Pair<Node | null, Node | null>, place: Place, path: Path): Map<string, Entry> {
    const tree = value === null ? scalar(null, place) : this.#node(value, place, [...path, '<<'])
    const trees = tree.kind === 'list' ? tree.items : [tree]
    const entries = new Map<string, Entry>()
    for (const it of trees) {
      if (it.kind !== 'map') this.#refuse('must be a map to be merged with <<', place, path)
      else for (const [name, entry] of it.entries) if (!entries.has(name)) entries.set(name, entry)
    }
    return entries
  }

  #refuse(message: string, place: Place, path: Path): Tree {
    this.#isIncomplete = true
    this.#report(message, place, path)
    return scalar(null, place)
  }

  #report(message: string, place: Place, path: Path): void {
    if (this.#problems.length < limits.problems) {
      this.#problems.push(problem(message, place, path))
    }
  }

  #at(offset: number): Place {
    return { source: this.#source, offset }
  }
}

function problem(message: string, place: Place, path: Path = []): Problem {
  return { path, message, severity: 'error', at: locationOf(place) }
}

function plain(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  return typeof value === 'bigint' ? Number(value) : null
}

/** A key is the text that was written: `1:` and `true:` are names like any other. */
function keyText(value: unknown, source: string | undefined): string | undefined {
  if (value === null || value === undefined) return undefined
  return typeof value === 'string' ? value : (source ?? String(value))
}
