import { adminPlaces } from './admin-places.ts'
import { type SchemaCatalogue, type Section, schemaOf, sections } from './catalogue.ts'
import type { ComponentId } from './component-id.ts'
import { readSection, type SectionConfig } from './components.ts'
import { extensionSchemas, readExtensions } from './extensions.ts'
import { didYouMean } from './nearest.ts'
import { readPipelines } from './pipelines.ts'
import type { Path, Problem } from './problem.ts'
import { readService } from './read-service.ts'
import { hidingAt } from './schema-walk.ts'
import { service } from './service.ts'
import { type FileStorage, settleStorage } from './settle-storage.ts'
import type { StorageConfig } from './storage.ts'
import { queuesOnDisk, storageConflicts, strayQueues } from './storage-uses.ts'
import { entriesOf, type Tree, toValue, treeAt } from './tree.ts'

/** Checks a whole configuration, section by section, so that one's problems hide no other's. */
export function checkWhole(tree: Tree, catalogue: SchemaCatalogue) {
  const read = (section: Section) => readSection(section, treeAt(tree, [section]), catalogue)
  const known = {
    receivers: read('receivers'),
    processors: read('processors'),
    exporters: read('exporters'),
  }
  const connectors = readConnectors(treeAt(tree, ['connectors']))
  const pipelinesTree = treeAt(tree, ['service', 'pipelines'])
  const { pipelines, ...flow } = readPipelines(pipelinesTree, known, connectors.ids)
  const { extensions: listed, memory, telemetry, ...rest } = readService(tree)
  const extensions = readExtensions(treeAt(tree, ['extensions']), listed)
  const { admin, probes, ...places } = adminPlaces(rest.admin, extensions.health)
  const { storage, ...kept } = readStorage(tree, known, { ...rest, listed, file: extensions.file })
  const problems = [
    ...unknownSections(tree),
    ...sections.flatMap((section) => known[section].problems),
    ...connectors.problems,
    ...extensions.problems,
    ...places.problems,
    ...rest.problems,
    ...kept.problems,
    ...flow.problems,
  ]
  const config = {
    receivers: known.receivers.components,
    processors: known.processors.components,
    exporters: known.exporters.components,
    service: { pipelines, admin, probes, memory, telemetry, ...(storage && { storage }) },
    resolved: resolved(tree, known, { ...rest.resolved, pipelines: flow.resolved }),
  }
  return { config, problems }
}

const allSections: readonly string[] = [...sections, 'connectors', 'extensions', 'service']

function unknownSections(tree: Tree): Problem[] {
  const keys = [...entriesOf(tree).keys()]
  return keys
    .filter((key) => !allSections.includes(key))
    .map((key): Problem => {
      const message = `is no section of a configuration: '' has invalid keys: ${key}${didYouMean(key, allSections)}`
      return { path: [key], message, severity: 'error' }
    })
}

/** otelcol's connectors have no counterpart: here a processor is the source of what it derives. */
function readConnectors(tree: Tree | undefined): { ids: Set<string>; problems: Problem[] } {
  const ids = [...entriesOf(tree).keys()]
  const problems = ids.map((id): Problem => {
    const message = `${id} cannot be used, connectors are not supported: a processor that derives something stands itself under receivers: of the other pipeline`
    return { path: ['connectors', id], message, severity: 'error' }
  })
  return { ids: new Set(ids), problems }
}

interface Written {
  readonly storage: StorageConfig | undefined
  readonly isStorageWrong: boolean
  readonly file: FileStorage | undefined
  readonly listed: readonly ComponentId[] | undefined
}

/** What lies on disk, and who asks for something else; where it is wrong itself, nobody does. */
function readStorage(
  tree: Tree,
  known: Sections,
  { storage: written, isStorageWrong, file, listed = [] }: Written,
) {
  const queues = queuesOnDisk(known.exporters.components)
  const configured = new Set(entriesOf(treeAt(tree, ['extensions'])).keys())
  const stray = strayQueues(queues, configured, listed)
  if (isStorageWrong) return { problems: stray }
  const { storage, problems } = settleStorage(written, file, queues)
  const conflicts = storageConflicts(storage, {
    receivers: known.receivers.components,
    exporters: known.exporters.components,
  })
  return { storage, problems: [...stray, ...problems, ...conflicts] }
}

type Sections = { readonly [section in Section]: SectionConfig }

/** The sections that were written, in their order, as the schemas were given them. */
function resolved(tree: Tree, known: Sections, serviceAsGiven: unknown): unknown {
  const keys = [...entriesOf(tree).keys()]
  const values = keys.map((key): [string, unknown] => {
    const section = sections.find((it) => it === key)
    if (section !== undefined) return [key, known[section].resolved]
    return [key, key === 'service' ? serviceAsGiven : toValue(treeAt(tree, [key]) ?? tree)]
  })
  return Object.fromEntries(values)
}

/**
 * How much of the value at a path may be shown, by the schema of what it belongs to.
 *
 * @param hiding `hidingOfPlain` for a value that may stand where something else is due
 */
export function hides(catalogue: SchemaCatalogue, path: Path, hiding = hidingAt) {
  const [section, id, ...rest] = path
  if (section === 'service') return hiding(service, path.slice(1))
  const type = String(id).split('/')[0] ?? ''
  if (section === 'extensions') {
    const extension = Object.entries(extensionSchemas).find(([it]) => it === type)
    return extension && hiding(extension[1], rest)
  }
  const known = sections.find((it) => it === section)
  const schema = known && schemaOf(catalogue[known], type)
  return schema && hiding(schema.config, rest)
}
