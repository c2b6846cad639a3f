import { join } from 'node:path'
import { checkLog, type SegmentCheck } from './check.ts'
import { errorCode, type FileSystem } from './file-system.ts'
import { parseSegmentFile } from './segment.ts'
import { type SlotCheck, Snapshots } from './snapshots.ts'
import { storeLayout } from './store.ts'

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
    const quarantinedBytes = await sizeOf(files, join(path, 'quarantine'))
    logs.push({ name, segments: await checkLog(files, path), quarantinedBytes })
  }
  const state = join(directory, storeLayout.state)
  const snapshots = await whereThere(() => new Snapshots(files, state).check())
  return { logs, snapshots }
}

/** Directories below a store's that hold segments of a log, whether or not something still uses them. */
export async function logNames(files: FileSystem, directory: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const name of await files.subdirectories(directory)) {
    const below = await whereThere(() => files.subdirectories(join(directory, name)))
    names.push(name, ...below.map((it) => join(name, it)))
  }
  const hasLog: string[] = []
  for (const name of names.sort()) {
    const found = await whereThere(() => files.readDirectory(join(directory, name)))
    const isQuarantine = name.endsWith('quarantine')
    if (!isQuarantine && found.some((it) => parseSegmentFile(it))) hasLog.push(name)
  }
  return hasLog
}

async function sizeOf(files: FileSystem, directory: string): Promise<number> {
  const names = await whereThere(() => files.readDirectory(directory))
  const sizes = await Promise.all(names.map((it) => files.sizeBytes(join(directory, it))))
  return sizes.reduce((sum, it) => sum + it, 0)
}

/** Nothing, where the directory is not there or was removed meanwhile. */
async function whereThere<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read()
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return []
    throw cause
  }
}
