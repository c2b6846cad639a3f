import { type Section, sections } from './catalogue.ts'
import { check } from './check.ts'
import { parseComponentId } from './component-id.ts'
import { nouns, type SectionConfig } from './components.ts'
import { didYouMean } from './nearest.ts'
import { error, type Path, type Problem } from './problem.ts'
import { type PipelineConfig, type PipelineKind, pipeline, pipelineKinds } from './service.ts'
import { entriesOf, isEmpty, type Tree, toValue } from './tree.ts'
import { trimId } from './trim-ids.ts'

export interface Pipelines {
  readonly pipelines: ReadonlyMap<string, PipelineConfig>
  readonly resolved: unknown
  readonly problems: readonly Problem[]
}

/** What pipelines may name, by the list that names it. */
type Known = { readonly [section in Section]: SectionConfig }

/** Reads `service.pipelines` and checks that all they name is there. */
export function readPipelines(
  tree: Tree | undefined,
  known: Known,
  connectors: ReadonlySet<string>,
): Pipelines {
  if (tree !== undefined && tree.kind !== 'map' && !isEmpty(tree)) {
    const problem = error(root, "must be a map of pipelines: expected type 'map'")
    return { pipelines: new Map(), resolved: toValue(tree), problems: [problem] }
  }
  const read = [...entriesOf(tree)].map(([key, { value }]) => readOne(key, value))
  const lists = read.flatMap((it) => (it.lists === undefined ? [] : [{ ...it, lists: it.lists }]))
  const problems = [
    ...(read.length === 0 ? [error(root, missing)] : []),
    ...read.flatMap((it) => it.problems),
    ...lists.flatMap((it) => referenceProblems(it.path, it.lists, known, connectors)),
    ...unused(lists, known),
  ]
  const pipelines = read.flatMap(({ config }) => (config === undefined ? [] : [config]))
  return {
    pipelines: new Map(pipelines.map((it) => [it.id, it])),
    resolved: Object.fromEntries(read.map(({ key, resolved }) => [key, resolved])),
    problems,
  }
}

const root: Path = ['service', 'pipelines']
const missing = 'is missing: service must have at least one pipeline'

interface ReadPipeline {
  readonly key: string
  readonly path: Path
  readonly lists?: Lists
  readonly config?: PipelineConfig
  readonly resolved: unknown
  readonly problems: readonly Problem[]
}

function readOne(key: string, tree: Tree): ReadPipeline {
  const path = [...root, key]
  const id = readId(key)
  const checked = check(pipeline, tree, path, 'a pipeline')
  const read = { key, path, resolved: checked.resolved }
  const lists = checked.config && trimmed(checked.config)
  const badId = typeof id === 'string' ? [error(path, id)] : []
  const problems = [...badId, ...checked.problems]
  if (lists === undefined || typeof id === 'string')
    return { ...read, problems, ...(lists && { lists }) }
  return { ...read, lists, config: { ...id, ...lists, path }, problems }
}

type Lists = { readonly [section in Section]: readonly string[] }

function trimmed({ receivers, processors, exporters }: Lists): Lists {
  return {
    receivers: [...new Set(receivers.map(trimId))],
    processors: processors.map(trimId),
    exporters: [...new Set(exporters.map(trimId))],
  }
}

function readId(key: string): { id: string; kind: PipelineKind; name?: string } | string {
  const id = parseComponentId(key)
  if (typeof id === 'string') return id.replace('component id', 'pipeline id')
  const kind = pipelineKinds.find((it) => it === id.type)
  if (kind !== undefined) return { id: id.id, kind, ...(id.name && { name: id.name }) }
  if (id.type === 'profiles') return 'profiles pipelines are not available yet'
  const kinds = pipelineKinds.join(', ')
  return `unknown pipeline signal "${id.type}": write ${kinds}${didYouMean(id.type, pipelineKinds)}`
}

function referenceProblems(
  path: Path,
  lists: Lists,
  known: Known,
  connectors: ReadonlySet<string>,
): Problem[] {
  return sections.flatMap((section) => {
    const ids = lists[section]
    if (ids.length === 0 && section !== 'processors') {
      return [error([...path, section], `must have at least one ${nouns[section]}`)]
    }
    const isKnown = (id: string) => candidates(section, known).has(id) || connectors.has(id)
    return ids.flatMap((id, index) => {
      const at = [...path, section, index]
      if (!isKnown(id)) return [error(at, undefinedComponent(section, id, known))]
      if (ids.indexOf(id) === index) return []
      return [error(at, `references ${nouns[section]} "${id}" multiple times`)]
    })
  })
}

/** A processor that derives something may stand among the receivers. */
function candidates(section: Section, known: Known): ReadonlySet<string> {
  if (section !== 'receivers') return known[section].ids
  return new Set([...known.receivers.ids, ...known.processors.ids])
}

function undefinedComponent(section: Section, id: string, known: Known): string {
  const sentence = `references ${nouns[section]} "${id}" which is not configured`
  const home = sections.find((it) => it !== section && known[it].ids.has(id))
  if (home !== undefined) return `${sentence}; it is one of the ${home}`
  return `${sentence}${didYouMean(id, candidates(section, known))}`
}

function unused(pipelines: readonly { lists: Lists }[], known: Known): Problem[] {
  const used = (section: Section) => pipelines.flatMap((it) => it.lists[section])
  const usedOf = {
    receivers: new Set(used('receivers')),
    processors: new Set([...used('processors'), ...used('receivers')]),
    exporters: new Set(used('exporters')),
  }
  return sections.flatMap((section) =>
    [...known[section].ids]
      .filter((id) => !usedOf[section].has(id))
      .map((id) => warning([section, id], 'is configured but in no pipeline')),
  )
}

function warning(path: Path, message: string): Problem {
  return { path, message, severity: 'warning' }
}
