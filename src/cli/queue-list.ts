import type { SegmentLog } from '../storage/segment-log.ts'
import type { Product, Terminal } from './product.ts'
import { type QueuePlace, withQueues } from './queue-place.ts'
import { table } from './table.ts'

export interface QueueListOptions {
  readonly json: boolean
}

interface Summary {
  readonly destination: string
  readonly part: 'queue' | 'dead_letters'
  readonly records: number
  readonly items: number
  readonly bytes: number
  readonly oldest: string | null
}

/** What every destination has on disk: waiting, and dead. */
export function queueList(
  options: QueueListOptions & QueuePlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  return withQueues(options, product, terminal, async ({ ids, open }) => {
    const found: Summary[] = []
    for (const id of ids) {
      const { queue, letters } = await open(id)
      found.push(summary(id, 'queue', queue), summary(id, 'dead_letters', letters.log))
    }
    terminal.out(options.json ? `${JSON.stringify(found, null, 2)}\n` : shown(found))
    return 0
  })
}

function summary(destination: string, part: Summary['part'], log: SegmentLog): Summary {
  const { heldRecords: records, heldItems: items, heldBytes: bytes, oldestMs } = log.status()
  const oldest = oldestMs === undefined ? null : new Date(oldestMs).toISOString()
  return { destination, part, records, items, bytes, oldest }
}

function shown(found: readonly Summary[]): string {
  const rows = found.map(({ destination, part, records, items, bytes, oldest }) => [
    destination,
    part === 'queue' ? 'queue' : 'dead letters',
    ...[records, items, bytes].map(String),
    oldest ?? '',
  ])
  return table([['DESTINATION', 'PART', 'RECORDS', 'ITEMS', 'BYTES', 'OLDEST'], ...rows])
}
