import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Log } from '../component/log.ts'
import { type Endpoint, formatEndpoint } from '../config/endpoint.ts'
import type { AdminConfig } from '../config/service.ts'
import { Access, type AdminRole, type Refusal } from './access.ts'
import { commandList, giveCommand } from './commands.ts'
import { health } from './health.ts'
import type { Observed } from './observed.ts'
import { page, pagePolicy } from './page.ts'
import { statusDocument } from './status.ts'

/** The admin server, listening. */
export interface Admin {
  /** `http://127.0.0.1:13133` */
  readonly url: string
  close(): Promise<void>
}

/** Starts the one HTTP server for people and probes; rejects when it cannot listen. */
export async function startAdmin(
  config: AdminConfig,
  observed: Observed,
  log: Log,
): Promise<Admin> {
  const access = new Access(config)
  const app = fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true })
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    return refused(reply, access.host(request.headers.host))
  })
  app.setNotFoundHandler(async (request, reply) => {
    return reply.code(404).send({ error: `there is nothing at ${request.method} ${request.url}` })
  })
  app.setErrorHandler<Error & { statusCode?: number }>(async (cause, _request, reply) => {
    const statusCode = cause.statusCode ?? 500
    if (statusCode >= 500) log.error({ err: cause }, 'the admin server failed on a request')
    return reply.code(statusCode).send({ error: statusCode >= 500 ? 'internal' : cause.message })
  })
  openRoutes(app, config.path, observed)
  await app.register(async (scope) => readingRoutes(scope, access, observed))
  await app.register(async (scope) => operatingRoutes(scope, access, observed))
  await listen(app, config.endpoint)
  return { url: urlOf(app, config.endpoint), close: () => app.close() }
}

/** What probes ask; it tells no more than whether we are ready. The page is a shell without data. */
function openRoutes(app: FastifyInstance, healthPath: string, observed: Observed): void {
  const answerHealth = (reply: FastifyReply) => {
    const { statusCode, body } = health(observed.readySinceMs(), Date.now())
    return reply.code(statusCode).send(body)
  }
  app.get('/', async (request, reply) => {
    if (!request.headers.accept?.includes('text/html')) return answerHealth(reply)
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy)
    return reply.send(page)
  })
  if (healthPath !== '/') app.get(healthPath, async (_request, reply) => answerHealth(reply))
  if (healthPath !== '/healthz') app.get('/healthz', async () => ({ status: 'alive' }))
  if (healthPath !== '/readyz') app.get('/readyz', async (_request, reply) => answerHealth(reply))
}

function readingRoutes(scope: FastifyInstance, access: Access, observed: Observed): void {
  scope.addHook('onRequest', requires(access, 'read'))
  scope.get('/metrics', async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return reply.send(await observed.metrics.text())
  })
  scope.get('/api/v1/status', async () => statusDocument(observed, Date.now()))
  scope.get('/api/v1/commands', async () => ({ commands: commandList(observed.engine.commands) }))
}

interface CommandRoute {
  Params: { readonly name: string }
  Querystring: { readonly component?: string }
}

function operatingRoutes(scope: FastifyInstance, access: Access, observed: Observed): void {
  scope.addHook('onRequest', requires(access, 'operate'))
  scope.post<CommandRoute>('/api/v1/commands/:name', async (request, reply) => {
    const { origin, host, authorization } = request.headers
    const refusal = access.origin(origin, host)
    if (refusal !== undefined) return refused(reply, refusal)
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      return reply.code(415).send({ error: 'commands are Content-Type: application/json' })
    }
    const { name } = request.params
    const { component } = request.query
    const actor = access.actor(authorization)
    const may = (role: AdminRole) => access.role(authorization, role)
    const answer = giveCommand(observed.engine, name, component, actor, request.body, may)
    return reply.code(answer.statusCode).send(answer.body)
  })
}

function requires(access: Access, role: AdminRole) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    return refused(reply, access.role(request.headers.authorization, role))
  }
}

async function refused(reply: FastifyReply, refusal: Refusal | undefined) {
  if (refusal === undefined) return undefined
  if (refusal.statusCode === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(refusal.statusCode).send({ error: refusal.error })
}

/** An empty host means every interface, also where the machine has no IPv6. */
async function listen(app: FastifyInstance, { host, port }: Endpoint): Promise<void> {
  try {
    await app.listen({ host: host === '' ? '::' : host, port })
  } catch (cause) {
    const isWithoutIpv6 = cause instanceof Error && /EAFNOSUPPORT|EADDRNOTAVAIL/.test(cause.message)
    if (host !== '' || !isWithoutIpv6) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`cannot start the admin server: ${reason}`, { cause })
    }
    await app.listen({ host: '0.0.0.0', port })
  }
}

function urlOf(app: FastifyInstance, endpoint: Endpoint): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : endpoint.port
  const host = endpoint.host === '' ? 'localhost' : endpoint.host
  return `http://${formatEndpoint({ host, port })}`
}
