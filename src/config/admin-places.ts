import { type Endpoint, formatEndpoint, isLoopback, mayOverlap } from './endpoint.ts'
import { error, type Path, type Problem } from './problem.ts'
import type { AdminConfig, ProbesConfig, WrittenAdmin } from './service.ts'

/** What a `health_check` says, and its id. */
export interface Health {
  readonly id: string
  readonly endpoint?: Endpoint | undefined
  readonly path: string
}

/** Where the admin server listens, and where probes alone are answered. */
export interface AdminPlaces {
  readonly admin: AdminConfig
  readonly probes: ProbesConfig | undefined
  readonly problems: readonly Problem[]
}

const usualEndpoint: Endpoint = { host: '127.0.0.1', port: 13_133 }

/**
 * Settles what `service.admin` and `health_check` come to. An endpoint of `health_check` is that of
 * the admin server, with one exception: where it is open to other machines and they are not meant
 * to reach the admin server, it is a place of its own that answers probes and nothing else.
 *
 * @param written missing where it has problems of its own
 */
export function adminPlaces(
  written: WrittenAdmin | undefined,
  health: Health | undefined,
): AdminPlaces {
  const { endpoint, tokens = [] } = written ?? {}
  const path = health?.path ?? '/'
  const probes = probesOnly(written, health)
  const admin = probes
    ? { endpoint: endpoint ?? usualEndpoint, path: '/', tokens }
    : { endpoint: endpoint ?? health?.endpoint ?? usualEndpoint, path, tokens }
  if (written === undefined) return { admin, probes, problems: [] }
  const own = probes === undefined ? saidTwice(endpoint, health) : samePort(probes, admin, health)
  return { admin, probes, problems: [...own, ...openToOthers(admin)] }
}

function probesOnly(
  admin: WrittenAdmin | undefined,
  health: Health | undefined,
): ProbesConfig | undefined {
  if (health?.endpoint === undefined || isLoopback(health.endpoint.host)) return undefined
  const isForAdmin = admin?.endpoint === undefined && (admin?.tokens.length ?? 0) > 0
  return isForAdmin ? undefined : { endpoint: health.endpoint, path: health.path }
}

function saidTwice(endpoint: Endpoint | undefined, health: Health | undefined): Problem[] {
  if (endpoint === undefined || health?.endpoint === undefined) return []
  const message = 'is another spelling of service.admin.endpoint: write one of them'
  return [error(endpointOf(health), message)]
}

function samePort(
  { endpoint }: ProbesConfig,
  admin: AdminConfig,
  health: Health | undefined,
): Problem[] {
  if (health === undefined || !mayOverlap(endpoint, admin.endpoint)) return []
  const { host, port } = admin.endpoint
  const other = formatEndpoint({ host, port: port < 65_535 ? port + 1 : port - 1 })
  const message = `needs a port of its own, the admin server listens on ${formatEndpoint(admin.endpoint)}: write service.admin.endpoint: ${other}`
  return [{ ...error(endpointOf(health), message), found: formatEndpoint(endpoint) }]
}

function openToOthers({ endpoint, tokens }: AdminConfig): Problem[] {
  if (isLoopback(endpoint.host) || tokens.length > 0) return []
  const tokensToWrite = 'tokens: [{ name: ops, token: "${env:ADMIN_TOKEN}", roles: [read] }]'
  const message = `lets other machines in without a secret: bind 127.0.0.1, or write under service.admin ${tokensToWrite}`
  return [{ ...error(['service', 'admin', 'endpoint'], message), found: formatEndpoint(endpoint) }]
}

function endpointOf({ id }: Health): Path {
  return ['extensions', id, 'endpoint']
}
