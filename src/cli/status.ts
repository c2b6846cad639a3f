import { z } from 'zod'
import { askAdmin } from './admin-client.ts'
import type { Product, Terminal } from './product.ts'
import { table } from './table.ts'

export interface StatusOptions {
  /** Where the admin server is, with its scheme. */
  readonly endpoint: string
  readonly json: boolean
}

const published = z.looseObject({
  state: z.string().optional(),
  last_error: z.string().nullish(),
  queue: z
    .looseObject({ size: z.number(), capacity: z.number(), disk: z.unknown().optional() })
    .optional(),
  ledger: z
    .looseObject({
      delivered: z.number(),
      rejected: z.number(),
      dropped: z.record(z.string(), z.number()),
      held: z.number(),
    })
    .optional(),
})

const document = z.looseObject({
  service: z.looseObject({
    name: z.string(),
    version: z.string(),
    uptime_seconds: z.number(),
    ready: z.boolean(),
  }),
  pipelines: z.array(
    z.looseObject({
      id: z.string(),
      receivers: z.array(z.string()),
      processors: z.array(z.string()),
      exporters: z.array(z.string()),
    }),
  ),
  components: z.array(
    z.looseObject({
      id: z.string(),
      role: z.string(),
      health: z.string().default(''),
      listening: z.array(z.string()).default([]),
      status: z.unknown().optional(),
    }),
  ),
  memory: z.looseObject({ reserved_bytes: z.number(), limit_bytes: z.number() }),
})

type Document = z.output<typeof document>

/** Asks a running collector how it is, and shows that as a table. */
export async function status(
  { endpoint, json }: StatusOptions,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const body = await askAdmin(new URL('/api/v1/status', endpoint), product, terminal)
  terminal.out(json ? `${JSON.stringify(body, null, 2)}\n` : shown(document.parse(body)))
  return 0
}

function shown({ service, pipelines, components, memory }: Document): string {
  const state = service.ready ? 'ready' : 'not ready'
  const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
  const head = [
    `${service.name} ${service.version}: ${state}, up for ${Math.round(service.uptime_seconds)} s`,
    `memory: ${mib(memory.reserved_bytes)} of ${mib(memory.limit_bytes)} reserved`,
  ]
  const lines = pipelines.map(({ id, receivers, processors, exporters }) => {
    const steps = [receivers, processors, exporters].filter((it) => it.length > 0)
    return [id, steps.map((it) => it.join(', ')).join(' → ')]
  })
  const heading = ['COMPONENT', 'ROLE', 'STATE', 'QUEUE', 'DELIVERED', 'LOST', 'HELD', 'NOTE']
  return [
    `${head.join('\n')}\n`,
    table([['PIPELINE', 'FLOW'], ...lines]),
    table([heading, ...components.map(componentRow)]),
  ].join('\n')
}

function componentRow(component: Document['components'][number]): string[] {
  const { id, role, health, listening, status } = component
  const parsed = published.safeParse(status)
  const { state, queue, ledger, last_error } = parsed.success ? parsed.data : {}
  const dropped = Object.values(ledger?.dropped ?? {}).reduce((a, b) => a + b, 0)
  return [
    id,
    role,
    state ?? health,
    queue === undefined ? '' : queueText(queue),
    String(ledger?.delivered ?? ''),
    ledger === undefined ? '' : String(ledger.rejected + dropped),
    String(ledger?.held ?? ''),
    last_error ?? listening.join(' '),
  ]
}

/** What only the disk bounds has no capacity of its own. */
function queueText({ size, capacity, disk }: NonNullable<z.output<typeof published>['queue']>) {
  return disk !== undefined && capacity === 0 ? `${size} on disk` : `${size}/${capacity}`
}
