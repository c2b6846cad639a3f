import { resolve } from 'node:path'
import type { z } from 'zod'
import { error, type Path, type Problem } from './problem.ts'
import { type fileStorage, type StorageConfig, storage } from './storage.ts'

/** What a `file_storage` says, and its id. */
export type FileStorage = z.output<typeof fileStorage> & { readonly id: string }

/** A queue that wants to lie on disk, and where it says so. */
export interface QueueOnDisk {
  /** Id of the extension that it names. */
  readonly extension: string
  readonly path: Path
}

interface Settled {
  /** Missing where nothing lies on disk. */
  readonly storage?: StorageConfig
  readonly problems: readonly Problem[]
}

/**
 * Settles what `service.storage` and `file_storage` come to. They are two spellings of one thing:
 * where both are written they must say the same.
 */
export function settleStorage(
  written: StorageConfig | undefined,
  file: FileStorage | undefined,
  queues: readonly QueueOnDisk[],
): Settled {
  const queue = queues.find(({ extension }) => extension === file?.id)
  if (file === undefined) return { ...(written && { storage: written }), problems: [] }
  if (written !== undefined) {
    return { storage: written, problems: differences(written, file, queue) }
  }
  const { directory, fsync = true } = file
  const keep = queue === undefined ? 'state' : 'requests'
  const config = storage.parse({ directory, keep, fsync: fsync ? 'always' : 'never' })
  return { storage: config, problems: [] }
}

function differences(
  written: StorageConfig,
  { id, directory, fsync }: FileStorage,
  queue: QueueOnDisk | undefined,
): Problem[] {
  const isElsewhere = resolve(directory) !== resolve(written.directory)
  const isOtherwise = fsync !== undefined && written.fsync !== (fsync ? 'always' : 'never')
  const differing = [...(isElsewhere ? ['directory'] : []), ...(isOtherwise ? ['fsync'] : [])]
  const rest = queue === undefined ? '' : ', and write sending_queue without storage'
  const sentence = `says another ${differing.join(' and ')} than service.storage, of which it is another spelling: leave it out${rest}`
  const apart = differing.length > 0 ? [error(['extensions', id], sentence)] : []
  if (queue === undefined || written.keep === 'requests') return apart
  const wanted =
    'keeps the queue on disk, and service.storage keeps state alone: write keep: requests there, or leave storage out here'
  return [...apart, { ...error(queue.path, wanted), found: id }]
}
