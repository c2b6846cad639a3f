import { z } from 'zod'
import { check } from './check.ts'
import { type ComponentId, parseComponentId } from './component-id.ts'
import { type Endpoint, formatEndpoint, isLoopback } from './endpoint.ts'
import { endpoint } from './fields.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import type { AdminConfig, WrittenAdmin } from './service.ts'
import { entriesOf, type Tree } from './tree.ts'

/** What otelcol's `health_check` may say: another spelling of `service.admin`. */
export const healthCheck = z.strictObject({
  endpoint: endpoint().optional(),
  path: z.string().startsWith('/', 'must begin with /').default('/'),
  response_body: z.unknown().optional(),
  check_collector_pipeline: z.unknown().optional(),
})

const theirs = new Map([
  ['file_storage', 'file_storage is not available yet: everything is kept in memory; leave it out'],
])

export interface Extensions {
  readonly admin: AdminConfig
  readonly problems: readonly Problem[]
}

interface Health {
  readonly endpoint?: Endpoint | undefined
  readonly path: string
}

/** What `service` says about the admin server; missing where that has problems of its own. */
interface Written {
  readonly admin?: WrittenAdmin | undefined
  readonly extensions?: readonly ComponentId[] | undefined
}

const usualEndpoint: Endpoint = { host: '127.0.0.1', port: 13_133 }

/** Reads `extensions:` and settles where the admin server listens; refuses all other extensions. */
export function readExtensions(tree: Tree | undefined, { admin, extensions }: Written): Extensions {
  const entries = [...entriesOf(tree)]
  const used = new Set(extensions?.map(({ id }) => id))
  const read = entries.map(([id, { value }]) => readExtension(id, value, used))
  const found = read.find((it) => it.health !== undefined)
  const settled: AdminConfig = {
    endpoint: admin?.endpoint ?? found?.health?.endpoint ?? usualEndpoint,
    path: found?.health?.path ?? '/',
    tokens: admin?.tokens ?? [],
  }
  const path = admin?.endpoint ? ['service', 'admin'] : ['extensions', found?.id ?? '']
  const problems = [
    ...read.flatMap((it) => it.problems),
    ...read.flatMap((it) => (it.health === undefined || it === found ? [] : [second(it.id)])),
    ...danglingReferences(extensions ?? [], new Map(entries)),
    ...(admin === undefined ? [] : saidTwice(admin, found)),
    ...(admin === undefined ? [] : openToOthers(settled, [...path, 'endpoint'])),
  ]
  return { admin: settled, problems }
}

interface ReadExtension {
  readonly id: string
  readonly health?: Health
  readonly problems: readonly Problem[]
}

function readExtension(key: string, tree: Tree, used: ReadonlySet<string>): ReadExtension {
  const path = ['extensions', key]
  const id = parseComponentId(key)
  if (typeof id === 'string') return { id: key, problems: [error(path, id)] }
  if (id.type !== 'health_check') {
    const sentence = `unknown type: "${id.type}" for id: "${key}" (valid values: [health_check])`
    const meant = didYouMean(id.type, ['health_check'])
    return { id: key, problems: [error(path, theirs.get(id.type) ?? `${sentence}${meant}`)] }
  }
  const { config, problems } = check(healthCheck, tree, path, 'health_check')
  if (config === undefined) return { id: key, problems }
  const unused = used.has(key) ? [] : [warning(path, 'is configured but not in service.extensions')]
  const idle = ['response_body', 'check_collector_pipeline'].flatMap((setting) =>
    entriesOf(tree).has(setting) ? [warning([...path, setting], 'has no effect')] : [],
  )
  return { id: key, problems: [...idle, ...unused], ...(used.has(key) && { health: config }) }
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

function saidTwice(admin: WrittenAdmin, health: ReadExtension | undefined): Problem[] {
  if (admin.endpoint === undefined || health?.health?.endpoint === undefined) return []
  const path = ['extensions', health.id, 'endpoint']
  return [error(path, 'is another spelling of service.admin.endpoint: write one of them')]
}

function second(id: string): Problem {
  return error(['extensions', id], 'is one health_check too many: there is one admin server')
}

function openToOthers({ endpoint, tokens }: AdminConfig, path: Path): Problem[] {
  if (isLoopback(endpoint.host) || tokens.length > 0) return []
  const tokensToWrite = 'tokens: [{ name: ops, token: "${env:ADMIN_TOKEN}", roles: [read] }]'
  const message = `lets other machines in without a secret: bind 127.0.0.1, or write under service.admin ${tokensToWrite}`
  return [{ ...error(path, message), found: formatEndpoint(endpoint) }]
}

function error(path: Path, message: string): Problem {
  return { path, message, severity: 'error' }
}

function warning(path: Path, message: string): Problem {
  return { path, message, severity: 'warning' }
}
