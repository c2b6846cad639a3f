import { z } from 'zod'
import { type AdminPlaces, adminPlaces, type Health } from './admin-places.ts'
import { check } from './check.ts'
import { type ComponentId, parseComponentId } from './component-id.ts'
import { endpoint } from './fields.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import type { WrittenAdmin } from './service.ts'
import { entriesOf, type Tree } from './tree.ts'

/** What otelcol's `health_check` may say; where it leads, {@link adminPlaces} settles. */
export const healthCheck = z.strictObject({
  endpoint: endpoint().optional(),
  path: z.string().startsWith('/', 'must begin with /').default('/'),
  response_body: z.unknown().optional(),
  check_collector_pipeline: z.unknown().optional(),
})

const theirs = new Map([
  ['file_storage', 'file_storage is not available yet: everything is kept in memory; leave it out'],
])

/** What `service` says about the admin server; missing where that has problems of its own. */
interface Written {
  readonly admin?: WrittenAdmin | undefined
  readonly extensions?: readonly ComponentId[] | undefined
}

/** Reads `extensions:` and settles where the admin server listens; refuses all other extensions. */
export function readExtensions(
  tree: Tree | undefined,
  { admin, extensions }: Written,
): AdminPlaces {
  const entries = [...entriesOf(tree)]
  const used = new Set(extensions?.map(({ id }) => id))
  const read = entries.map(([id, { value }]) => readExtension(id, value, used))
  const [health, ...others] = read.flatMap((it) => it.health ?? [])
  const places = adminPlaces(admin, health)
  const problems = [
    ...read.flatMap((it) => it.problems),
    ...others.map(({ id }) => second(id)),
    ...danglingReferences(extensions ?? [], new Map(entries)),
    ...places.problems,
  ]
  return { ...places, problems }
}

interface ReadExtension {
  readonly health?: Health
  readonly problems: readonly Problem[]
}

function readExtension(key: string, tree: Tree, used: ReadonlySet<string>): ReadExtension {
  const path = ['extensions', key]
  const id = parseComponentId(key)
  if (typeof id === 'string') return { problems: [error(path, id)] }
  if (id.type !== 'health_check') {
    const sentence = `unknown type: "${id.type}" for id: "${key}" (valid values: [health_check])`
    const meant = didYouMean(id.type, ['health_check'])
    return { problems: [error(path, theirs.get(id.type) ?? `${sentence}${meant}`)] }
  }
  const { config, problems } = check(healthCheck, tree, path, 'health_check')
  if (config === undefined) return { problems }
  const unused = used.has(key) ? [] : [warning(path, 'is configured but not in service.extensions')]
  const idle = ['response_body', 'check_collector_pipeline'].flatMap((setting) =>
    entriesOf(tree).has(setting) ? [warning([...path, setting], 'has no effect')] : [],
  )
  return {
    problems: [...idle, ...unused],
    ...(used.has(key) && { health: { id: key, ...config } }),
  }
}

function danglingReferences(
  written: readonly ComponentId[],
  configured: ReadonlyMap<string, unknown>,
): Problem[] {
  return written.flatMap(({ id, type }, index) => {
    if (configured.has(id)) return []
    const hint = theirs.get(type) ?? ''
    const sentence = `references extension "${id}" which is not configured`
    const meant = didYouMean(id, configured.keys())
    return [error(['service', 'extensions', index], `${sentence}${hint && `; ${hint}`}${meant}`)]
  })
}

function second(id: string): Problem {
  return error(['extensions', id], 'is one health_check too many: there is one admin server')
}

function error(path: Path, message: string): Problem {
  return { path, message, severity: 'error' }
}

function warning(path: Path, message: string): Problem {
  return { path, message, severity: 'warning' }
}
