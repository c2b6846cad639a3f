import { join } from 'node:path'
import { errorCode, type FileSystem } from './file-system.ts'

/**
 * Makes a directory, unless it is there, and sees whether files can be made in it; throws a
 * sentence for people. A full volume is no obstacle: what lies on it can still be sent and unlinked.
 */
export async function makeWritable(files: FileSystem, directory: string): Promise<void> {
  try {
    await files.makeDirectory(directory)
  } catch (cause) {
    throw new Error(`${directory} ${reasonOf(cause, 'cannot be made')}`, { cause })
  }
  const probe = join(directory, '.writable')
  try {
    const file = await files.open(probe, 'replace')
    await file.close()
    await files.unlink(probe)
  } catch (cause) {
    if (errorCode(cause) === 'ENOSPC') return
    throw new Error(`${directory} ${reasonOf(cause, 'is not writable')}`, { cause })
  }
}

function reasonOf(cause: unknown, what: string): string {
  const code = errorCode(cause)
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'is not a directory, or lies below a file'
  if (code === 'EACCES' || code === 'EPERM') return `${what}: this user may not`
  if (code === 'EROFS') return `${what}: the volume is mounted read-only`
  if (code === 'ENOSPC') return `${what}: the volume is full`
  return `${what}: ${cause instanceof Error ? cause.message : cause}`
}
