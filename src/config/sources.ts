import type { Path, Problem } from './problem.ts'
import { type Entry, locationOf, mapping, merge, type Place, type Tree } from './tree.ts'
import { trimIds } from './trim-ids.ts'
import { type ParsedYaml, parseYaml } from './yaml-tree.ts'

/** What reading a configuration needs of the machine. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => Promise<string>
}

export interface LoadedSources {
  /** All sources merged; missing where one of them cannot be read, or all are empty. */
  readonly tree?: Tree
  readonly problems: readonly Problem[]
}

/**
 * Reads what `--config` and `--set` name and merges it in order, `--set` last. A source is a file
 * (`file:` or a plain path), `env:NAME` or `yaml:<inline>` with `::` between the keys of a path.
 */
export async function loadSources(
  uris: readonly string[],
  sets: readonly string[],
  surroundings: Surroundings,
): Promise<LoadedSources> {
  if (uris.length === 0) return { problems: [error('at least one config flag must be provided')] }
  const read = await Promise.all([...new Set(uris)].map((uri) => readSource(uri, surroundings)))
  const trimmed = [...read, ...sets.map(readSet)].map(trimmedIds)
  const problems = trimmed.flatMap((it) => it.problems)
  if (trimmed.some((it) => it.tree === undefined && it.problems.length > 0)) return { problems }
  const [first, ...later] = trimmed.flatMap((it) => (it.tree === undefined ? [] : [it.tree]))
  if (first === undefined)
    return { problems: [error('empty configuration file', at(uris[0] ?? ''))] }
  return { tree: later.reduce(merge, first), problems }
}

/** A scheme has two characters at least, so `C:\collector.yaml` is a file. */
const schemePattern = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s

async function readSource(uri: string, { env, readFile }: Surroundings): Promise<ParsedYaml> {
  const [, scheme = 'file', rest = uri] = schemePattern.exec(uri) ?? []
  if (scheme === 'yaml') return unflattened(topLevel(rest, '--config yaml:'))
  if (scheme === 'http' || scheme === 'https') {
    return refused(`is not enabled: configuration over ${scheme}: (download it and name the file)`)
  }
  if (scheme === 'env') {
    const text = Object.hasOwn(env, rest) ? env[rest] : undefined
    if (text === undefined) return refused(`environment variable ${rest} is not set (env:${rest})`)
    return topLevel(text, uri)
  }
  if (scheme !== 'file') return refused(`unsupported scheme on URI "${uri}"`)
  try {
    return topLevel(await readFile(rest), rest)
  } catch (cause) {
    return refused(`unable to read the file file:${rest}: ${reasonOf(cause)}`)
  }
}

/** `ENOENT: no such file or directory, open 'x'` without repeating the path. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/, \w+( '.*')?$/s, '') : String(cause)
}

function topLevel(text: string, label: string): ParsedYaml {
  const parsed = parseYaml({ label, text })
  const { tree } = parsed
  if (tree === undefined || tree.kind === 'map') return parsed
  const found = tree.kind === 'list' ? 'slice' : typeof tree.value
  const message = `must be a map with receivers, exporters and service: retrieved value (type=${found}) cannot be used as a Conf`
  return { problems: [...parsed.problems, error(message, locationOf(tree.place))] }
}

/** `processors::batch::timeout: 2s` becomes nested maps. */
function unflattened({ tree, problems }: ParsedYaml): ParsedYaml {
  if (tree?.kind !== 'map') return { problems }
  const parts = [...tree.entries].map(([key, { place, value }]) =>
    nested(key.split('::'), place, value),
  )
  return { tree: parts.reduce(merge, mapping(new Map(), tree.place)), problems }
}

/** `--set a.b.c=value`: dots nest, the value is YAML. */
function readSet(text: string): ParsedYaml {
  const [key = '', ...rest] = text.split('=')
  if (rest.length === 0) return refused(`missing equal sign in --set ${key}`)
  const source = { label: `--set ${key}`, text: rest.join('=') }
  const place: Place = { source, offset: 0 }
  const { tree, problems } = parseYaml(source)
  const value = tree ?? { kind: 'scalar', value: null, place, size: 1 }
  return { tree: nested(key.split('.'), place, value), problems }
}

function nested(keys: readonly string[], place: Place, value: Tree): Tree {
  return keys.reduceRight<Tree>((inner, key) => {
    const entry: [string, Entry] = [key, { place, value: inner }]
    return mapping(new Map([entry]), place)
  }, value)
}

function trimmedIds({ tree, problems }: ParsedYaml): ParsedYaml {
  if (tree === undefined) return { problems }
  const trimmed = trimIds(tree)
  return { tree: trimmed.tree, problems: [...problems, ...trimmed.problems] }
}

function refused(message: string): ParsedYaml {
  return { problems: [error(message)] }
}

function error(message: string, location?: Problem['at'], path: Path = []): Problem {
  return { path, message, severity: 'error', ...(location && { at: location }) }
}

function at(uri: string): NonNullable<Problem['at']> {
  return { file: uri.replace(/^file:/, ''), line: 1, column: 1, sourceLine: '' }
}
