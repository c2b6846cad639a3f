import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { ProbesConfig } from '../config/service.ts'
import { health } from './health.ts'
import { type Listening, listen } from './listen.ts'

/** Since when everything runs, as {@link health} has it. */
type ReadySinceMs = () => number | undefined

/**
 * Starts a server that answers probes and nothing else, for machines that must not reach the admin
 * server; rejects when it cannot listen. Who may ask is not checked: the answer has no secret.
 */
export async function startProbes(
  { endpoint, path }: ProbesConfig,
  readySinceMs: ReadySinceMs,
): Promise<Listening> {
  const app = fastify({
    forceCloseConnections: true,
    keepAliveTimeout: 10_000,
    requestTimeout: 10_000,
  })
  app.addHook('onRequest', async (_request, reply) => void plain(reply))
  app.setNotFoundHandler(async (_request, reply) => {
    return reply.code(404).send({ error: 'there is nothing here but the answer to probes' })
  })
  probeRoutes(app, [path], readySinceMs)
  const { url, close } = await listen(app, endpoint, 'the server of health_check')
  return { url: url + path, close }
}

/** The paths that probes ask for; those of Kubernetes are always among them. */
export function probeRoutes(
  app: FastifyInstance,
  paths: readonly string[],
  readySinceMs: ReadySinceMs,
): void {
  for (const path of new Set([...paths, '/readyz'])) {
    app.get(path, async (_request, reply) => answerHealth(reply, readySinceMs))
  }
  if (!paths.includes('/healthz')) app.get('/healthz', async () => ({ status: 'alive' }))
}

/** Tells no more than whether we are ready. */
export function answerHealth(reply: FastifyReply, readySinceMs: ReadySinceMs): FastifyReply {
  const { statusCode, body } = health(readySinceMs(), Date.now())
  return reply.code(statusCode).send(body)
}

/** What is true now is for nobody to keep, and is what we say it is. */
export function plain(reply: FastifyReply): void {
  reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
}
