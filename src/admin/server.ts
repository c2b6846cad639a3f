import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { command } from '../audit/entries.ts'
import { jsonOf } from '../audit/json-of.ts'
import type { Log } from '../component/log.ts'
import type { AdminConfig } from '../config/service.ts'
import { Access, type AdminRole, type Refusal } from './access.ts'
import { commandList, giveCommand } from './commands.ts'
import { type Listening, listen } from './listen.ts'
import type { Observed } from './observed.ts'
import { page, pagePolicy } from './page.ts'
import { answerHealth, plain, probeRoutes } from './probes.ts'
import { dropRecords, queueEntries, queueList, replayLetters } from './queues.ts'
import { statusDocument } from './status.ts'

/** Starts the HTTP server for people and probes; rejects when it cannot listen. */
export async function startAdmin(
  config: AdminConfig,
  observed: Observed,
  log: Log,
): Promise<Listening> {
  const access = new Access(config)
  const app = fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true })
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (request, reply) => {
    plain(reply)
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
  await app.register(async (scope) => queueRoutes(scope, access, observed, log))
  return listen(app, config.endpoint, 'the admin server')
}

/** What everybody may ask: the answer to probes, and the page, a shell without data. */
function openRoutes(app: FastifyInstance, healthPath: string, observed: Observed): void {
  const { readySinceMs } = observed
  app.get('/', async (request, reply) => {
    if (!request.headers.accept?.includes('text/html')) return answerHealth(reply, readySinceMs)
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy)
    return reply.send(page)
  })
  probeRoutes(app, healthPath === '/' ? [] : [healthPath], readySinceMs)
}

function readingRoutes(scope: FastifyInstance, access: Access, observed: Observed): void {
  scope.addHook('onRequest', requires(access, 'read'))
  scope.get('/metrics', async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8')
    return reply.send(await observed.metrics.text())
  })
  scope.get('/api/v1/status', async () => statusDocument(observed, Date.now()))
  scope.get('/api/v1/queues', async () => queueList(observed.engine))
  scope.get('/api/v1/commands', async () => ({ commands: commandList(observed.engine.commands) }))
}

interface CommandRoute {
  Params: { readonly name: string }
  Querystring: { readonly component?: string }
}

function operatingRoutes(scope: FastifyInstance, access: Access, observed: Observed): void {
  scope.addHook('onRequest', requires(access, 'operate'))
  scope.post<CommandRoute>('/api/v1/commands/:name', async (request, reply) => {
    const refusal = notACommand(request, access)
    if (refusal !== undefined) return refused(reply, refusal)
    const { authorization } = request.headers
    const { name } = request.params
    const { component } = request.query
    const actor = access.actor(authorization)
    const may = (role: AdminRole) => access.role(authorization, role)
    const answer = await giveCommand(observed, name, component, actor, request.body, may)
    return reply.code(answer.statusCode).send(answer.body)
  })
  scope.post('/api/v1/reload', async (request, reply) => {
    const refusal = notACommand(request, access)
    if (refusal !== undefined) return refused(reply, refusal)
    const report = await observed.reload?.(access.actor(request.headers.authorization))
    if (report === undefined) return reply.code(404).send({ error: 'there is nothing to reload' })
    return reply.send(report)
  })
}

interface QueueRoute {
  Params: { readonly exporter: string }
}

/** What lies in queues may be private, and what is dropped there is gone. */
function queueRoutes(scope: FastifyInstance, access: Access, observed: Observed, log: Log): void {
  const { engine } = observed
  const path = '/api/v1/queues/:exporter'
  const operate = { onRequest: requires(access, 'operate') }
  scope.get<QueueRoute>(`${path}/entries`, operate, async ({ params, query }, reply) => {
    const { statusCode, body } = await queueEntries(engine, params.exporter, query)
    return reply.code(statusCode).send(body)
  })
  const changes = [
    { name: 'replay', role: 'operate', change: replayLetters },
    { name: 'drop', role: 'force', change: dropRecords },
  ] as const
  for (const { name, role, change } of changes) {
    const only = { onRequest: requires(access, role) }
    scope.post<QueueRoute>(`${path}/${name}`, only, async (request, reply) => {
      const refusal = notACommand(request, access)
      if (refusal !== undefined) return refused(reply, refusal)
      const actor = access.actor(request.headers.authorization)
      const { exporter } = request.params
      await observed.audit.append(
        command({
          name: `queue.${name}`,
          component: exporter,
          actor,
          body: { given: jsonOf(request.body) },
        }),
      )
      const { statusCode, body } = await change(engine, exporter, request.body, actor, log)
      return reply.code(statusCode).send(body)
    })
  }
}

/** Why a request is not to be obeyed, whoever sends it. */
function notACommand({ headers }: FastifyRequest, access: Access): Refusal | undefined {
  const refusal = access.origin(headers.origin, headers.host)
  if (refusal !== undefined) return refusal
  if (/^application\/json\b/i.test(headers['content-type'] ?? '')) return undefined
  return { statusCode: 415, error: 'commands are Content-Type: application/json' }
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
