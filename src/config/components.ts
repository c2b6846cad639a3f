import {
  type ComponentConfig,
  type ComponentSchema,
  type SchemaCatalogue,
  type Section,
  schemaOf,
  sections,
} from './catalogue.ts'
import { check } from './check.ts'
import { type ComponentId, parseComponentId } from './component-id.ts'
import { nearest } from './nearest.ts'
import { error, type Path, type Problem } from './problem.ts'
import { entriesOf, isEmpty, type Tree, toValue } from './tree.ts'

/** What one section of the configuration says. */
export interface SectionConfig {
  readonly components: ReadonlyMap<string, ComponentConfig>
  /** Every id that was written, also those whose settings are wrong. */
  readonly ids: ReadonlySet<string>
  readonly resolved: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
}

/** Checks every component of a section against the schema of its type. */
export function readSection(
  section: Section,
  tree: Tree | undefined,
  catalogue: SchemaCatalogue,
): SectionConfig {
  const components = new Map<string, ComponentConfig>()
  const ids = new Set<string>()
  const resolved: [string, unknown][] = []
  const problems = [...shapeProblems(section, tree)]
  for (const [key, { value }] of entriesOf(tree)) {
    const read = readComponent(section, key, value, catalogue)
    ids.add(key)
    resolved.push([key, read.resolved])
    problems.push(...read.problems)
    if (read.component !== undefined) components.set(key, read.component)
  }
  const deprecated = problems.filter((it) => it.severity === 'warning')
  const firstOfEach = new Map(deprecated.toReversed().map((it) => [typeIn(it.path), it]))
  const kept = problems.filter(
    (it) => it.severity === 'error' || firstOfEach.get(typeIn(it.path)) === it,
  )
  return { components, ids, resolved: Object.fromEntries(resolved), problems: kept }
}

/** An old name is worth one warning, however often it is used. */
function typeIn(path: Path): string | undefined {
  return String(path[1]).split('/')[0]
}

function shapeProblems(section: Section, tree: Tree | undefined): Problem[] {
  if (tree !== undefined && tree.kind !== 'map' && !isEmpty(tree)) {
    return [error([section], `must be a map of component ids: expected type 'map'`)]
  }
  if (section === 'processors' || entriesOf(tree).size > 0) return []
  const noun = nouns[section]
  return [error([section], `is missing: no ${noun} configuration specified in config`)]
}

interface Read {
  readonly component?: ComponentConfig
  readonly resolved: unknown
  readonly problems: readonly Problem[]
}

function readComponent(
  section: Section,
  key: string,
  tree: Tree,
  catalogue: SchemaCatalogue,
): Read {
  const path = [section, key]
  const id = parseComponentId(key)
  const refused = (message: string): Read => ({
    resolved: toValue(tree),
    problems: [error(path, message)],
  })
  if (typeof id === 'string') return refused(id)
  const schema = schemaOf(catalogue[section], id.type)
  if (schema === undefined) return refused(unknownType(section, id, catalogue))
  if (schema.notYet !== undefined) {
    return refused(`${id.type} is not available yet: ${schema.notYet}`)
  }
  const { config, resolved, problems } = check(schema.config, tree, path, schema.type)
  const all = [...problems, ...oldName(schema, id, path)]
  if (problems.length > 0) return { resolved, problems: all }
  return { component: { ...id, type: schema.type, config, path }, resolved, problems: all }
}

function oldName({ type }: ComponentSchema, id: ComponentId, path: Path): Problem[] {
  if (id.type === type) return []
  const newId = id.name === undefined ? type : `${type}/${id.name}`
  const message = `${id.type} is the old name of ${type}: write ${newId}, here and in pipelines`
  return [{ path, message, severity: 'warning' }]
}

export const nouns = {
  receivers: 'receiver',
  processors: 'processor',
  exporters: 'exporter',
} as const

function unknownType(section: Section, { id, type }: ComponentId, catalogue: SchemaCatalogue) {
  const names = catalogue[section].flatMap((it) => [it.type, ...(it.aliases ?? [])])
  const valid = catalogue[section].filter((it) => it.notYet === undefined).map((it) => it.type)
  const sentence = `unknown type: "${type}" for id: "${id}" (valid values: [${valid.sort().join(' ')}])`
  const home = sections.find((it) => schemaOf(catalogue[it], type) !== undefined)
  if (home !== undefined) return `${sentence}; it is one of the ${home}: move it there`
  const meant = nearest(type, names)
  return meant === undefined ? sentence : `${sentence}; did you mean ${meant}?`
}
