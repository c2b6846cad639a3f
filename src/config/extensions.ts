import { z } from 'zod'
import type { Health } from './admin-places.ts'
import { check } from './check.ts'
import { type ComponentId, parseComponentId } from './component-id.ts'
import { endpoint } from './fields.ts'
import { didYouMean } from './nearest.ts'
import { error, type Path, type Problem } from './problem.ts'
import type { FileStorage } from './settle-storage.ts'
import { fileStorage } from './storage.ts'
import { entriesOf, type Tree } from './tree.ts'

/** What otelcol's `health_check` may say; where it leads, `adminPlaces` settles. */
export const healthCheck = z.strictObject({
  endpoint: endpoint().optional(),
  path: z.string().startsWith('/', 'must begin with /').default('/'),
  response_body: z.unknown().optional(),
  check_collector_pipeline: z.unknown().optional(),
})

/** The extensions of otelcol that are other spellings of ours, by type. */
export const extensionSchemas = { health_check: healthCheck, file_storage: fileStorage } as const

/** Their settings that we have nothing for. */
const idle: Readonly<Record<ExtensionType, readonly string[]>> = {
  health_check: ['response_body', 'check_collector_pipeline'],
  file_storage: ['create_directory', 'directory_permissions', 'timeout', 'compaction', 'recreate'],
}

type ExtensionType = keyof typeof extensionSchemas
const types = Object.keys(extensionSchemas)

/** What the extensions say that are configured and listed in `service.extensions`. */
export interface Extensions {
  readonly health?: Health | undefined
  readonly file?: FileStorage | undefined
  readonly problems: readonly Problem[]
}

/** Reads `extensions:`; all but those of {@link extensionSchemas} are refused by name. */
export function readExtensions(
  tree: Tree | undefined,
  listed: readonly ComponentId[] = [],
): Extensions {
  const entries = [...entriesOf(tree)]
  const used = new Set(listed.map(({ id }) => id))
  const read = entries.map(([id, { value }]) => readExtension(id, value, used))
  const [health, ...otherHealths] = read.flatMap((it) => it.health ?? [])
  const [file, ...otherFiles] = read.flatMap((it) => it.file ?? [])
  const problems = [
    ...read.flatMap((it) => it.problems),
    ...otherHealths.map(({ id }) => tooMany(id, 'health_check', 'there is one admin server')),
    ...otherFiles.map(({ id }) => tooMany(id, 'file_storage', 'all that is kept has one place')),
    ...danglingReferences(listed, new Map(entries)),
  ]
  return { health, file, problems }
}

function readExtension(key: string, tree: Tree, used: ReadonlySet<string>): Extensions {
  const path = ['extensions', key]
  const id = parseComponentId(key)
  if (typeof id === 'string') return { problems: [error(path, id)] }
  if (!isKnown(id.type)) {
    const sentence = `unknown type: "${id.type}" for id: "${key}" (valid values: [${types.toSorted().join(' ')}])`
    return { problems: [error(path, `${sentence}${didYouMean(id.type, types)}`)] }
  }
  const { health, file, problems } = settingsOf(id.type, key, tree, path)
  if (problems.length > 0) return { problems }
  const isUsed = used.has(key)
  const unused = isUsed ? [] : [warning(path, 'is configured but not in service.extensions')]
  const without = idle[id.type].flatMap((setting) =>
    entriesOf(tree).has(setting) ? [warning([...path, setting], 'has no effect')] : [],
  )
  return { problems: [...without, ...unused], ...(isUsed && { health, file }) }
}

function isKnown(type: string): type is ExtensionType {
  return Object.hasOwn(extensionSchemas, type)
}

function settingsOf(type: ExtensionType, id: string, tree: Tree, path: Path): Extensions {
  if (type === 'health_check') {
    const { config, problems } = check(healthCheck, tree, path, type)
    return { health: config && { id, ...config }, problems }
  }
  const { config, problems } = check(fileStorage, tree, path, type)
  return { file: config && { id, ...config }, problems }
}

function danglingReferences(
  listed: readonly ComponentId[],
  configured: ReadonlyMap<string, unknown>,
): Problem[] {
  return listed.flatMap(({ id }, index) => {
    if (configured.has(id)) return []
    const sentence = `references extension "${id}" which is not configured`
    const meant = didYouMean(id, configured.keys())
    return [error(['service', 'extensions', index], `${sentence}${meant}`)]
  })
}

function tooMany(id: string, type: ExtensionType, because: string): Problem {
  return error(['extensions', id], `is one ${type} too many: ${because}`)
}

function warning(path: Path, message: string): Problem {
  return { path, message, severity: 'warning' }
}
