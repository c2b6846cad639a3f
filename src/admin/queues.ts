import { z } from 'zod'
import { type KeptQueue, keptParts } from '../component/kept-queue.ts'
import type { Log } from '../component/log.ts'
import type { Observed } from './observed.ts'

/** What came of a question or an order about queues. */
export interface QueueAnswer {
  readonly statusCode: 200 | 400 | 404 | 503
  readonly body: object
}

const chosen = z.union([z.int().nonnegative(), z.literal('all')])
const part = z.enum(keptParts)
const drop = z.strictObject({ part, sequence: chosen })
const replay = z.strictObject({ sequence: chosen })
const entries = z.object({
  part: part.default('queue'),
  limit: z.coerce.number().int().min(0).max(1000).default(20),
  payload: z.stringbool().default(false),
})

/** What every exporter with a queue on disk has there. */
export async function queueList(engine: Observed['engine']): Promise<object> {
  const queues = []
  for (const [exporter, kept] of keptOf(engine)) {
    queues.push({ exporter, parts: await kept.summary() })
  }
  return { queues }
}

/** The oldest records of a queue. */
export function queueEntries(
  engine: Observed['engine'],
  exporter: string,
  query: unknown,
): Promise<QueueAnswer> {
  return answered(engine, exporter, entries, query, (kept, { part, ...options }) =>
    kept.entries(part, options),
  )
}

/** Puts dead letters back into their queue. */
export function replayLetters(
  engine: Observed['engine'],
  exporter: string,
  body: unknown,
  actor: string,
  log: Log,
): Promise<QueueAnswer> {
  return answered(engine, exporter, replay, body, async (kept, { sequence }) => {
    const replayed = await kept.replay(sequence)
    log.warn({ actor, exporter, ...replayed }, 'Dead letters were put back into their queue.')
    return replayed
  })
}

/** Forgets records for good. */
export function dropRecords(
  engine: Observed['engine'],
  exporter: string,
  body: unknown,
  actor: string,
  log: Log,
): Promise<QueueAnswer> {
  return answered(engine, exporter, drop, body, async (kept, { part, sequence }) => {
    const forgotten = await kept.drop(part, sequence)
    log.warn({ actor, exporter, part, ...forgotten }, 'Records of a queue were dropped by hand.')
    return forgotten
  })
}

async function answered<T>(
  engine: Observed['engine'],
  exporter: string,
  schema: z.ZodType<T>,
  input: unknown,
  work: (kept: KeptQueue, asked: T) => Promise<object>,
): Promise<QueueAnswer> {
  const kept = keptOf(engine).get(exporter)
  if (kept === undefined) {
    const known = [...keptOf(engine).keys()].join(', ') || 'no exporter'
    return { statusCode: 404, body: { error: `${exporter} keeps no queue on disk; ${known} does` } }
  }
  const asked = schema.safeParse(input)
  if (!asked.success) return { statusCode: 400, body: { error: z.prettifyError(asked.error) } }
  try {
    return { statusCode: 200, body: await work(kept, asked.data) }
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause)
    return { statusCode: 503, body: { error } }
  }
}

function keptOf({ instances }: Observed['engine']): ReadonlyMap<string, KeptQueue> {
  const found = new Map<string, KeptQueue>()
  for (const [id, { exporter }] of instances.exporters) {
    const kept = exporter.kept?.()
    if (kept !== undefined) found.set(id, kept)
  }
  return found
}
