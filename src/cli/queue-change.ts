import type { Chosen, KeptPart, KeptQueue } from '../component/kept-queue.ts'
import { type Product, type Terminal, UsageError } from './product.ts'
import { type QueuePlace, withQueues } from './queue-place.ts'

/** Which records are meant. */
export interface ChosenOptions {
  readonly sequence?: number
  readonly all: boolean
}

export interface QueueDropOptions extends ChosenOptions {
  readonly deadLetters: boolean
  readonly yes: boolean
}

/** Puts dead letters back into the queue of their destination. */
export function queueReplay(
  id: string,
  options: ChosenOptions & QueuePlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const chosen = chosenOf(options)
  return withQueues(options, product, terminal, async ({ open }) => {
    const { records, items, unreadable } = await (await open(id)).replay(chosen)
    if (records + unreadable === 0) throw new UsageError(nothing(chosen, 'dead_letters'))
    const when = options.endpoint === undefined ? 'at the next start' : 'now'
    terminal.out(`${records} records, ${items} items: sent again ${when}\n`)
    if (unreadable > 0) terminal.err(`${unreadable} cannot be read and stay dead letters\n`)
    return 0
  })
}

/** Forgets records for good. */
export function queueDrop(
  id: string,
  options: QueueDropOptions & QueuePlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const chosen = chosenOf(options)
  const part = options.deadLetters ? 'dead_letters' : 'queue'
  return withQueues(options, product, terminal, async ({ open }) => {
    const kept = await open(id)
    if (!options.yes) throw new UsageError(await question(kept, part, chosen))
    const { records, items } = await kept.drop(part, chosen)
    if (records === 0) throw new UsageError(nothing(chosen, part))
    terminal.out(`${records} records, ${items} items: dropped\n`)
    return 0
  })
}

function chosenOf({ sequence, all }: ChosenOptions): Chosen {
  if (all === (sequence !== undefined)) {
    throw new UsageError('say which: --sequence <number>, or --all')
  }
  return sequence ?? 'all'
}

async function question(kept: KeptQueue, part: KeptPart, chosen: Chosen): Promise<string> {
  const whole = (await kept.summary()).find((it) => it.part === part)
  if (whole === undefined || whole.records === 0) return nothing('all', part)
  const what =
    chosen === 'all' ? `${whole.records} records, ${whole.items} items,` : `record ${chosen}`
  return `this drops ${what} for good: say --yes. Nothing was dropped`
}

function nothing(chosen: Chosen, part: KeptPart): string {
  const what = part === 'queue' ? 'queue' : 'dead letters'
  return chosen === 'all' ? `there are no records in the ${what}` : `no ${chosen} in the ${what}`
}
