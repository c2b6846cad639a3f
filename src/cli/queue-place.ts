import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { itemCount } from '../component/batch.ts'
import type { KeptQueue } from '../component/kept-queue.ts'
import { encodeBatch } from '../component/stored-batch.ts'
import { type StorageConfig, storage } from '../config/storage.ts'
import { StoredQueue } from '../net/client/stored-queue.ts'
import { errorCode } from '../storage/file-system.ts'
import { Store } from '../storage/store.ts'
import { type ConfigOptions, load } from './load.ts'
import { storeOptions } from './open-storage.ts'
import { type Product, reasonOf, type Terminal, UsageError } from './product.ts'
import { runningQueues } from './queue-running.ts'
import { type Queues, unknownQueue } from './queues.ts'

/** Where the queues are, as the options say it: of a stopped collector, or of a running one. */
export interface QueuePlace extends ConfigOptions {
  readonly directory?: string
  /** The admin server of a running collector. */
  readonly endpoint?: string
}

/** Dead letters that no destination can be blamed for. */
const ofPipelines = 'pipelines'

/** Works with queues where they are; the directory of a stopped collector is ours meanwhile. */
export async function withQueues<T>(
  options: QueuePlace,
  product: Product,
  terminal: Terminal,
  work: (queues: Queues) => Promise<T>,
): Promise<T> {
  if (options.endpoint !== undefined) {
    if (options.directory === undefined && options.config.length === 0) {
      return work(await runningQueues(options.endpoint, product, terminal))
    }
    throw new UsageError(
      'say --endpoint for a running collector, or where a stopped one keeps them',
    )
  }
  const config = await placeOf(options, product, terminal)
  const ids = await idsIn(config.directory)
  const store = await taken(config)
  try {
    return await work({ ids, open: (id) => opened(store, id, ids) })
  } finally {
    await store.close()
  }
}

async function opened(store: Store, id: string, ids: readonly string[]): Promise<KeptQueue> {
  if (!ids.includes(id)) throw new UsageError(unknownQueue(id, ids))
  const name = encodeURIComponent(id)
  const queue = id === ofPipelines ? undefined : await store.log(`queues/${name}`)
  const letters = await store.deadLetters(name)
  await Promise.all([queue?.explored, letters.log.explored])
  return new StoredQueue({
    queue,
    letters,
    async append(batch) {
      if (queue === undefined) {
        throw new UsageError('these belong to no destination: no queue would take them')
      }
      const record = { payload: encodeBatch(batch), items: itemCount(batch) }
      const appended = await queue.append({ ...record, receivedMs: Date.now() })
      if (appended.kind !== 'appended') throw new UsageError(`stopped: ${appended.reason}`)
    },
    async sync() {
      await queue?.sync()
    },
    forget({ sequence }) {
      queue?.acknowledge(sequence)
      return true
    },
  })
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
    throw new UsageError(
      'say where the queues are: --config <source> or --directory <directory>, or --endpoint <url> of a running collector',
    )
  }
  const { service } = await load(options, product, terminal)
  if (service.storage) return service.storage
  throw new UsageError('nothing lies on disk with this configuration: it has no service.storage')
}

async function idsIn(directory: string): Promise<readonly string[]> {
  const parts = ['queues', 'dead-letters']
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

async function taken(config: StorageConfig): Promise<Store> {
  try {
    // That people look, or send something again, is no reason to drop what is old.
    return await Store.open(storeOptions({ ...config, max_age: undefined, when_full: 'reject' }))
  } catch (cause) {
    const reason = reasonOf(cause)
    const hint = reason.includes('in use') ? ', or ask it by --endpoint' : ''
    throw new UsageError(`${reason}${hint}`, { cause })
  }
}
