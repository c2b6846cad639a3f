import { join } from 'node:path'
import { checkLog, type SegmentCheck } from './check.ts'
import type { FileSystem } from './file-system.ts'
import { type SlotCheck, Snapshots } from './snapshots.ts'
import { storeLayout } from './store.ts'
import { bytesIn, logNames, whereThere } from './store-files.ts'

/** What is true of one log on disk. */
export interface LogCheck {
  /** Its directory below the store's, such as `queues/otlp_http%2Fbackend`. */
  readonly name: string
  readonly segments: readonly SegmentCheck[]
  /** Of damaged bytes that were set aside for people to look at. */
  readonly quarantinedBytes: number
}

/** What is true of all that a store keeps. */
export interface StoreCheck {
  readonly logs: readonly LogCheck[]
  readonly snapshots: readonly SlotCheck[]
}

/** Reads every byte of a store's logs and snapshots and changes nothing; a running one is fine. */
export async function checkStore(files: FileSystem, directory: string): Promise<StoreCheck> {
  const logs: LogCheck[] = []
  for (const name of await logNames(files, directory)) {
    const path = join(directory, name)
    const quarantinedBytes = await bytesIn(files, join(path, 'quarantine'))
    logs.push({ name, segments: await checkLog(files, path), quarantinedBytes })
  }
  const state = join(directory, storeLayout.state)
  const snapshots = await whereThere(() => new Snapshots(files, state).check())
  return { logs, snapshots }
}
