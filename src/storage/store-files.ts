import { join } from 'node:path'
import { errorCode, type FileSystem } from './file-system.ts'
import { parseSegmentFile } from './segment.ts'

/** Directories below a store's that hold segments of a log, whether or not something still uses them. */
export async function logNames(files: FileSystem, directory: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const name of await files.subdirectories(directory)) {
    const below = await whereThere(() => files.subdirectories(join(directory, name)))
    names.push(name, ...below.map((it) => join(name, it)))
  }
  const withLog: string[] = []
  for (const name of names.sort()) {
    if (name.endsWith('/quarantine')) continue
    const found = await whereThere(() => files.readDirectory(join(directory, name)))
    if (found.some((it) => parseSegmentFile(it))) withLog.push(name)
  }
  return withLog
}

/** What the files in a directory take; those in directories below it are not counted. */
export async function bytesIn(files: FileSystem, directory: string): Promise<number> {
  let bytes = 0
  for (const name of await whereThere(() => files.readDirectory(directory))) {
    const [size = 0] = await whereThere(async () => [await files.sizeBytes(join(directory, name))])
    bytes += size
  }
  return bytes
}

/** Nothing, where it is not there or was removed meanwhile. */
export async function whereThere<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read()
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return []
    throw cause
  }
}
