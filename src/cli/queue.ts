import { type Command, InvalidArgumentError } from 'commander'
import type { Product, Terminal } from './product.ts'
import {
  type ChosenOptions,
  type QueueDropOptions,
  queueDrop,
  queueReplay,
} from './queue-change.ts'
import { type QueueListOptions, queueList } from './queue-list.ts'
import type { QueuePlace } from './queue-place.ts'
import { type QueueShowOptions, queueShow } from './queue-show.ts'

/** Adds what people do with the queues of destinations on disk to `queue`. */
export function queueCommands(
  queue: Command,
  withConfig: (command: Command) => Command,
  product: Product,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const withPlace = (command: Command) =>
    withConfig(command)
      .option('--directory <directory>', 'instead of --config: the storage directory')
      .option('--endpoint <url>', 'instead of both: the admin server of a running collector')
  const withChoice = (command: Command) =>
    withPlace(command)
      .argument('<exporter>', 'id of the exporter, as in the configuration')
      .option('--sequence <number>', 'one record, by the number that show prints', whole)
      .option('--all', 'all of them', false)
  queue.description(
    'look into the queues on disk of a stopped or a running collector, and change them',
  )

  withPlace(queue.command('list'))
    .description('what every destination has on disk: waiting, and dead letters')
    .option('--json', 'as JSON', false)
    .action(async (options: QueueListOptions & QueuePlace) =>
      done(await queueList(options, product, terminal)),
    )

  withPlace(queue.command('show'))
    .description('what one destination has on disk, oldest first')
    .argument('<exporter>', 'id of the exporter, as in the configuration')
    .option('--dead-letters', 'what was given up, instead of what waits', false)
    .option('--limit <number>', 'at most so many', whole, 20)
    .option('--payload', 'also what was to be sent, as JSON; it may be private', false)
    .option('--json', 'as lines of JSON', false)
    .action(async (id: string, options: QueueShowOptions & QueuePlace) =>
      done(await queueShow(id, options, product, terminal)),
    )

  withChoice(queue.command('replay'))
    .description('put dead letters back into the queue')
    .action(async (id: string, options: ChosenOptions & QueuePlace) =>
      done(await queueReplay(id, options, product, terminal)),
    )

  withChoice(queue.command('drop'))
    .description('forget records for good')
    .option('--dead-letters', 'what was given up, instead of what waits', false)
    .option('--yes', 'really', false)
    .action(async (id: string, options: QueueDropOptions & QueuePlace) =>
      done(await queueDrop(id, options, product, terminal)),
    )
}

function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number')
  return Number(text)
}
