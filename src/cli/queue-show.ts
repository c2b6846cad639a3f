import type { Batch } from '../component/batch.ts'
import { printable } from '../net/client/printable.ts'
import { entriesOf, type StoredEntry } from '../net/client/stored-queue.ts'
import { toJson } from '../pdata/json.ts'
import type { Product, Terminal } from './product.ts'
import { type QueuePlace, withQueues } from './queue-place.ts'
import { table } from './table.ts'

export interface QueueShowOptions {
  readonly deadLetters: boolean
  readonly limit: number
  /** Whether what was sent is shown too; it may be private. */
  readonly payload: boolean
  readonly json: boolean
}

/** Prints what one destination has on disk, oldest first. */
export function queueShow(
  id: string,
  options: QueueShowOptions & QueuePlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  return withQueues(options, product, terminal, async ({ open }) => {
    const stored = await open(id)
    const entries: object[] = []
    const rows: string[][] = [heading]
    let left = 0
    for await (const entry of entriesOf(stored, options.deadLetters ? 'dead_letters' : 'queue')) {
      if (entries.length === options.limit) left++
      else {
        entries.push(plain(entry, options.payload))
        rows.push(row(entry))
      }
    }
    const lines = () => entries.map((it) => `${JSON.stringify(it)}\n`).join('')
    terminal.out(options.json || options.payload ? lines() : table(rows))
    if (left > 0) terminal.err(`There are ${left} more: see --limit.\n`)
    return 0
  })
}

const heading = ['SEQUENCE', 'AT', 'KIND', 'ITEMS', 'BYTES', 'REASON', 'ATTEMPTS', 'ANSWER']

function row({ sequence, atMs, items, bytes, batch, note }: StoredEntry): string[] {
  const answer = note === undefined ? '' : (note.response ?? note.error)
  return [
    String(sequence),
    new Date(atMs).toISOString(),
    batch?.kind ?? 'unreadable',
    String(items),
    String(bytes),
    note?.reason ?? '',
    note === undefined ? '' : String(note.attempts),
    printable(answer).slice(0, 100),
  ]
}

function plain(
  { sequence, atMs, items, bytes, batch, note }: StoredEntry,
  withPayload: boolean,
): object {
  return {
    sequence,
    at: new Date(atMs).toISOString(),
    kind: batch?.kind ?? null,
    items,
    bytes,
    ...note,
    ...(withPayload && batch && { payload: payloadOf(batch) }),
  }
}

function payloadOf(batch: Batch): unknown {
  return batch.kind === 'alerts' ? batch.alerts : JSON.parse(toJson(batch.payload))
}
