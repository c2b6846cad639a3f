import type { Command } from 'commander'
import type { Product, Terminal } from './product.ts'
import { type StorageCheckOptions, storageCheck } from './storage-check.ts'
import type { StoragePlace } from './storage-place.ts'

/** Adds what people do with a storage directory to `storage`. */
export function storageCommands(
  storage: Command,
  withConfig: (command: Command) => Command,
  product: Product,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  storage.description('look into what lies on disk')

  withConfig(storage.command('check'))
    .description('read every log and snapshot, and say what is held, acknowledged and damaged')
    .option('--directory <directory>', 'instead of --config: the storage directory, or a copy')
    .option('--json', 'the findings as JSON', false)
    .action(async (options: StorageCheckOptions & StoragePlace) =>
      done(await storageCheck(options, product, terminal)),
    )
}
