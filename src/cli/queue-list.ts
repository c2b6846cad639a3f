import type { KeptSummary } from '../component/kept-queue.ts'
import type { Product, Terminal } from './product.ts'
import { type QueuePlace, withQueues } from './queue-place.ts'
import { table } from './table.ts'

export interface QueueListOptions {
  readonly json: boolean
}

/** What every destination has on disk: waiting, and dead. */
export function queueList(
  options: QueueListOptions & QueuePlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  return withQueues(options, product, terminal, async ({ ids, open }) => {
    const found: Listed[] = []
    for (const id of ids) {
      const parts = await (await open(id)).summary()
      found.push(...parts.map((it) => ({ destination: id, ...it })))
    }
    terminal.out(options.json ? `${JSON.stringify(found, null, 2)}\n` : shown(found))
    return 0
  })
}

type Listed = KeptSummary & { readonly destination: string }

function shown(found: readonly Listed[]): string {
  const rows = found.map(({ destination, part, records, items, bytes, oldest }) => [
    destination,
    part === 'queue' ? 'queue' : 'dead letters',
    ...[records, items, bytes].map(String),
    oldest ?? '',
  ])
  return table([['DESTINATION', 'PART', 'RECORDS', 'ITEMS', 'BYTES', 'OLDEST'], ...rows])
}
