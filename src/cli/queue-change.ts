import { itemCount } from '../component/batch.ts'
import { encodeBatch } from '../component/stored-batch.ts'
import {
  type Chosen,
  dropEntries,
  entriesOf,
  type Part,
  replayLetters,
  type StoredQueue,
} from '../net/client/stored-queue.ts'
import { type Product, type Terminal, UsageError } from './product.ts'
import { ofPipelines, type QueuePlace, withQueues } from './queue-place.ts'

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
  if (id === ofPipelines) {
    throw new UsageError('these belong to no destination: no queue would take them')
  }
  return withQueues(options, product, terminal, async ({ open }) => {
    const stored = await open(id)
    const { records, items, unreadable } = await replayLetters(stored, chosen, async (batch) => {
      const appended = await stored.queue.append({
        payload: encodeBatch(batch),
        receivedMs: Date.now(),
        items: itemCount(batch),
      })
      if (appended.kind !== 'appended') throw new UsageError(`stopped: ${appended.reason}`)
      await stored.queue.sync()
    })
    if (records + unreadable === 0) throw new UsageError(nothing(chosen, 'dead_letters'))
    terminal.out(`${records} records, ${items} items: sent again at the next start\n`)
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
    const stored = await open(id)
    if (!options.yes) throw new UsageError(await question(stored, part, chosen))
    const { records, items } = await dropEntries(stored, part, chosen)
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

async function question(stored: StoredQueue, part: Part, chosen: Chosen): Promise<string> {
  let [records, items] = [0, 0]
  for await (const entry of entriesOf(stored, part)) {
    if (chosen !== 'all' && chosen !== entry.sequence) continue
    records++
    items += entry.items
  }
  if (records === 0) return nothing(chosen, part)
  return `this drops ${records} records, ${items} items, for good: say --yes. Nothing was dropped`
}

function nothing(chosen: Chosen, part: Part): string {
  const what = part === 'queue' ? 'queue' : 'dead letters'
  return chosen === 'all' ? `there are no records in the ${what}` : `no ${chosen} in the ${what}`
}
