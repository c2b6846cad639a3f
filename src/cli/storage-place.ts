import { resolve } from 'node:path'
import { errorCode, nodeFileSystem } from '../storage/file-system.ts'
import { type ConfigOptions, load } from './load.ts'
import { type Product, reasonOf, type Terminal, UsageError } from './product.ts'

/** Where a storage directory is, as the options say it. */
export interface StoragePlace extends ConfigOptions {
  readonly directory?: string
}

/** The storage directory that the options mean; throws where there is none. */
export async function findStorage(
  options: StoragePlace,
  product: Product,
  terminal: Terminal,
): Promise<string> {
  const directory = await named(options, product, terminal)
  try {
    await nodeFileSystem.readDirectory(directory)
  } catch (cause) {
    const isMissing = errorCode(cause) === 'ENOENT'
    const problem = isMissing ? 'nothing was stored there yet' : reasonOf(cause)
    throw new UsageError(`cannot read ${directory}: ${problem}`, { cause })
  }
  return directory
}

async function named(options: StoragePlace, product: Product, terminal: Terminal): Promise<string> {
  if (options.directory !== undefined) {
    if (options.config.length === 0) return resolve(options.directory)
    throw new UsageError('say where the storage is by --config or by --directory, not by both')
  }
  if (options.config.length === 0) {
    throw new UsageError('say where the storage is: --config <source> or --directory <directory>')
  }
  const { service } = await load(options, product, terminal)
  if (service.storage) return resolve(service.storage.directory)
  throw new UsageError('nothing lies on disk with this configuration: it has no service.storage')
}
