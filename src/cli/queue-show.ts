import { type KeptEntry, shownPayloadBytes } from '../component/kept-queue.ts'
import { printable } from '../net/client/printable.ts'
import type { Product, Terminal } from './product.ts'
import { type QueuePlace, withQueues } from './queue-place.ts'
import { table } from './table.ts'

export interface QueueShowOptions {
  readonly deadLetters: boolean
  readonly limit: number
  /** Whether what was to be sent is shown too; it may be private. */
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
    const kept = await open(id)
    const part = options.deadLetters ? 'dead_letters' : 'queue'
    const { entries, has_more } = await kept.entries(part, options)
    const isJson = options.json || options.payload
    terminal.out(isJson ? entries.map(line).join('') : table([heading, ...entries.map(row)]))
    if (!has_more) return 0
    const whole = (await kept.summary()).find((it) => it.part === part)
    const left = Math.max(1, (whole?.records ?? 0) - entries.length)
    const why = entries.length < options.limit ? tooLarge : 'see --limit'
    terminal.err(`There are ${left} more: ${why}.\n`)
    return 0
  })
}

const tooLarge = `payloads of ${shownPayloadBytes / 2 ** 20} MiB are shown and no more at once`
const heading = ['SEQUENCE', 'AT', 'KIND', 'ITEMS', 'BYTES', 'REASON', 'ATTEMPTS', 'ANSWER']

function row({ sequence, at, kind, items, bytes, ...note }: KeptEntry): string[] {
  return [
    String(sequence),
    at,
    kind ?? 'unreadable',
    String(items),
    String(bytes),
    note.reason ?? '',
    String(note.attempts ?? ''),
    printable(note.response ?? note.error ?? '').slice(0, 100),
  ]
}

function line(entry: KeptEntry): string {
  return `${JSON.stringify(entry)}\n`
}
