import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type StorageConfig, storage } from '../config/storage.ts'
import type { StoredQueue } from '../net/client/stored-queue.ts'
import { errorCode } from '../storage/file-system.ts'
import { Store, storeLayout } from '../storage/store.ts'
import { type ConfigOptions, load } from './load.ts'
import { storeOptions } from './open-storage.ts'
import { type Product, reasonOf, type Terminal, UsageError } from './product.ts'

/** Where the queues are, as the options say it. */
export interface QueuePlace extends ConfigOptions {
  readonly directory?: string
}

/** The dead letters of those that no destination can be blamed for. */
export const ofPipelines = 'pipelines'

/** The queues of a collector that is stopped; this process has the directory meanwhile. */
export interface Queues {
  /** Of every destination that has something there, by its id. */
  readonly ids: readonly string[]
  open(id: string): Promise<StoredQueue>
}

/** Opens the queues of a stopped collector, works with them, and closes them. */
export async function withQueues<T>(
  options: QueuePlace,
  product: Product,
  terminal: Terminal,
  work: (queues: Queues) => Promise<T>,
): Promise<T> {
  const config = await placeOf(options, product, terminal)
  const ids = await idsIn(config.directory)
  const store = await taken(config, product)
  try {
    return await work({
      ids,
      async open(id) {
        if (!ids.includes(id)) throw new UsageError(unknown(id, ids))
        const name = encodeURIComponent(id)
        const queue = await store.log(`${storeLayout.queues}/${name}`)
        const letters = await store.deadLetters(name)
        await Promise.all([queue.explored, letters.log.explored])
        return { queue, letters }
      },
    })
  } finally {
    await store.close()
  }
}

async function placeOf(
  options: QueuePlace,
  product: Product,
  terminal: Terminal,
): Promise<StorageConfig> {
  if (options.directory !== undefined) {
    if (options.config.length === 0) return storage.parse({ directory: options.directory })
    throw new UsageError('say where the queues are by --config or by --directory, not by both')
  }
  if (options.config.length === 0) {
    throw new UsageError('say where the queues are: --config <source> or --directory <directory>')
  }
  const { service } = await load(options, product, terminal)
  if (service.storage) return service.storage
  throw new UsageError('nothing lies on disk with this configuration: it has no service.storage')
}

async function idsIn(directory: string): Promise<readonly string[]> {
  const parts = [storeLayout.queues, storeLayout.deadLetters]
  const found = await Promise.all(parts.map((it) => directoriesIn(join(directory, it))))
  if (found.every((it) => it === undefined)) {
    throw new UsageError(`there are no queues in ${directory}`)
  }
  return [...new Set(found.flatMap((it) => it ?? []))].map(decodeURIComponent).toSorted()
}

async function directoriesIn(path: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.filter((it) => it.isDirectory()).map((it) => it.name)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined
    throw new UsageError(`cannot read the queues: ${reasonOf(cause)}`, { cause })
  }
}

async function taken(config: StorageConfig, { name }: Product): Promise<Store> {
  try {
    // That people look, or send something again, is no reason to drop what is old.
    const options = storeOptions({ ...config, max_age: undefined, when_full: 'reject' })
    return await Store.open(options)
  } catch (cause) {
    const hint = `; of a running collector, see ${name} status`
    throw new UsageError(`${reasonOf(cause)}${hint}`, { cause })
  }
}

function unknown(id: string, ids: readonly string[]): string {
  const known = ids.length === 0 ? 'there is none' : `there are ${ids.join(', ')}`
  return `${id} has nothing on disk; ${known}`
}
