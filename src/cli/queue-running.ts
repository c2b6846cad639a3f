import { z } from 'zod'
import { pipelineKinds } from '../component/batch.ts'
import type { KeptQueue } from '../component/kept-queue.ts'
import { askAdmin, giveAdmin } from './admin-client.ts'
import { type Product, type Terminal, UsageError } from './product.ts'
import { type Queues, unknownQueue } from './queues.ts'

const part = z.enum(['queue', 'dead_letters'])
const summaries = z.object({
  queues: z.array(
    z.object({
      exporter: z.string(),
      parts: z.array(
        z.object({
          part,
          records: z.number(),
          items: z.number(),
          bytes: z.number(),
          oldest: z.string().nullable(),
        }),
      ),
    }),
  ),
})
const listed = z.object({
  entries: z.array(
    z.looseObject({
      sequence: z.number(),
      at: z.string(),
      kind: z.enum(pipelineKinds).nullable(),
      items: z.number(),
      bytes: z.number(),
      reason: z.string().optional(),
      error: z.string().optional(),
      attempts: z.number().optional(),
      response: z.string().optional(),
      payload: z.unknown().optional(),
    }),
  ),
  has_more: z.boolean(),
})
const forgotten = z.object({ records: z.number(), items: z.number() })
const replayed = forgotten.extend({ unreadable: z.number() })

/** The queues of a running collector, through its admin server. */
export async function runningQueues(
  endpoint: string,
  product: Product,
  terminal: Terminal,
): Promise<Queues> {
  const at = (path: string) => new URL(path, endpoint)
  const ask = async () => {
    const { queues } = summaries.parse(await askAdmin(at('/api/v1/queues'), product, terminal))
    return new Map(queues.map(({ exporter, parts }) => [exporter, parts]))
  }
  const ids = [...(await ask()).keys()]
  const opened = (id: string): KeptQueue => {
    const path = `/api/v1/queues/${encodeURIComponent(id)}`
    return {
      summary: async () => (await ask()).get(id) ?? [],
      async entries(part, { limit, payload }) {
        const url = at(`${path}/entries?part=${part}&limit=${limit}&payload=${payload}`)
        return listed.parse(await askAdmin(url, product, terminal))
      },
      async replay(sequence) {
        const answer = await giveAdmin(at(`${path}/replay`), { sequence }, product, terminal)
        return replayed.parse(answer)
      },
      async drop(part, sequence) {
        const answer = await giveAdmin(at(`${path}/drop`), { part, sequence }, product, terminal)
        return forgotten.parse(answer)
      },
    }
  }
  return {
    ids,
    async open(id) {
      if (!ids.includes(id)) throw new UsageError(unknownQueue(id, ids))
      return opened(id)
    },
  }
}
