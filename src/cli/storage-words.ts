import { resolve } from 'node:path'
import type { StorageConfig } from '../config/storage.ts'
import type { Store } from '../storage/store.ts'

/** What a storage directory keeps, for the person who starts the collector. */
export function storageLine({ directory, keep }: StorageConfig): string {
  const remembered = 'what is remembered and the audit log'
  const kept =
    keep === 'requests'
      ? `all requests until every destination has them, prompts and answers included; ${remembered}`
      : `${remembered}, no requests`
  return `storage: ${resolve(directory)} keeps ${kept}`
}

/** What may surprise: requests of a time when they were kept, which nobody sends now. */
export function leftoverWarning({ keep }: StorageConfig, store: Store): string | undefined {
  const { usedBytes } = store.status()
  if (keep === 'requests' || usedBytes === 0) return undefined
  return `${usedBytes} bytes of requests lie in ${store.directory} from when they were kept: with keep: state they are neither sent nor removed; agent-sre queue list shows what waits, keep: requests sends it`
}

/**
 * Records of the ingest log that the next start folds: those behind the newest snapshot, so also
 * such as were folded already and had not come to rest.
 *
 * @returns `undefined` where no requests are kept
 */
export async function recordsLeft(store: Store): Promise<number | undefined> {
  const ingest = store.status().logs.get('ingest')
  if (ingest === undefined) return undefined
  const found = await store.snapshots().read()
  const offset =
    found.kind === 'snapshot' ? (found.snapshot.offsets[0] ?? firstOffset) : firstOffset
  return Math.max(0, ingest.nextSequence - Math.max(offset, firstOffset))
}

const firstOffset = 1
