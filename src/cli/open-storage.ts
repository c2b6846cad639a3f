import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import type { Meter } from '@opentelemetry/api'
import { machineScheduler } from '../component/scheduler.ts'
import type { Fsync, StorageConfig } from '../config/storage.ts'
import type { EngineStorage } from '../pipeline/host.ts'
import { nodeFileSystem } from '../storage/file-system.ts'
import type { SyncPolicy, WhenFull } from '../storage/log-options.ts'
import { Store } from '../storage/store.ts'
import { reasonOf, UsageError } from './product.ts'
import { observeStore, timedSyncs } from './storage-metrics.ts'

const mib = 2 ** 20

/** A storage directory that this process has for itself, and what the engine needs of it. */
export interface OpenStorage {
  readonly store: Store
  readonly engine: EngineStorage
}

/** Takes the directory over; rejects with a sentence where that cannot be. */
export async function openStorage(config: StorageConfig, meter: Meter): Promise<OpenStorage> {
  const store = await taken(config, meter)
  observeStore(store, meter)
  try {
    const snapshots = store.snapshots()
    const requests = config.keep === 'requests' ? { requests: await kept(store, config) } : {}
    return { store, engine: { snapshots, ...requests } }
  } catch (cause) {
    await store.close()
    throw cause
  }
}

async function taken(config: StorageConfig, meter: Meter): Promise<Store> {
  try {
    const options = storeOptions(config)
    return await Store.open({ ...options, files: timedSyncs(options.files, meter) })
  } catch (cause) {
    const sentence = `cannot start: service.storage.directory: ${reasonOf(cause)}`
    throw new UsageError(sentence, { cause })
  }
}

/** How a storage directory is opened, as configured. */
export function storeOptions(config: StorageConfig) {
  return {
    files: nodeFileSystem,
    clock: machineScheduler,
    salt: () => randomInt(2 ** 32),
    directory: resolve(config.directory),
    sync: syncPolicy(config.fsync),
    segmentBytes: config.segment_size_mib * mib,
    maxBytes: config.max_size_mib * mib,
    whenFull: config.when_full,
    ...(config.max_age !== undefined && { maxAgeMs: config.max_age }),
  }
}

/** What has not been folded or delivered; the log refuses when it is full, and never drops. */
async function kept(
  store: Store,
  config: StorageConfig,
): Promise<NonNullable<EngineStorage['requests']>> {
  return {
    log: await store.log('ingest', { whenFull: 'reject' }),
    deadLetters: await store.deadLetters('pipelines'),
    windowMs: config.request_window,
    exporter: (id) => {
      const name = encodeURIComponent(id)
      return {
        // The ingest log has it until the queue was told to make it safe.
        queue: () =>
          store.log(`queues/${name}`, { sync: { kind: 'never' }, whenFull: whenFull(config) }),
        deadLetters: () => store.deadLetters(name),
      }
    },
  }
}

/**
 * A log that waits for room would hold up the checkpoint that gives it: the ingest log is where
 * batches wait for a queue that is full.
 */
function whenFull({ when_full }: StorageConfig): WhenFull {
  return when_full === 'block' ? 'reject' : when_full
}

function syncPolicy(fsync: Fsync): SyncPolicy {
  if (fsync === 'always' || fsync === 'never') return { kind: fsync }
  return { kind: 'interval', everyMs: fsync.interval }
}
