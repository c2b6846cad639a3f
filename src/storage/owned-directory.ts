import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorCode } from './file-system.ts'

/** A directory that belongs to this process until it is released, or the process ends. */
export interface OwnedDirectory {
  release(): void
}

/**
 * Takes a directory for this process alone, or gives `undefined` when another has it. The lock is
 * SQLite's on a file of its own: the system frees it however the process ends, which a file with a
 * process id would not survive.
 */
export function ownDirectory(directory: string): OwnedDirectory | undefined {
  const path = join(directory, 'owner.lock')
  createPrivate(path)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (cause instanceof Error && cause.message.includes('locked')) return undefined
    throw new Error(`cannot lock ${directory}`, { cause })
  }
  return { release: () => database.close() }
}

/** A file that is there is not opened: closing it would end the lock that this process has on it. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause
  }
}
