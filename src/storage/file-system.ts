import { mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises'

/** What the stores need of one open file. Positions and lengths are bytes. */
export interface OpenFile {
  /** One `writev` at `atBytes`; resolves to the bytes written, which may be fewer than given. */
  write(parts: readonly Uint8Array[], atBytes: number): Promise<number>
  /** Fills `into` from `atBytes`; resolves to the bytes read, fewer only at the end of the file. */
  read(into: Uint8Array, atBytes: number): Promise<number>
  /** Resolves when what was written, and the length, would survive a power loss. */
  datasync(): Promise<void>
  truncate(lengthBytes: number): Promise<void>
  close(): Promise<void>
}

/** Room on the volume that holds a path. */
export interface Volume {
  readonly totalBytes: number
  /** What an unprivileged process may still write. */
  readonly freeBytes: number
}

/** How a file is opened: `create` fails when it is there, `replace` empties it. */
export type OpenMode = 'read' | 'update' | 'create' | 'replace'

/**
 * What the stores need of a file system, so that a simulated one can lose power at any call. Names
 * in a directory are durable only after `syncDirectory`.
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<OpenFile>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  /** Names of the files in a directory, in no order. */
  readDirectory(path: string): Promise<readonly string[]>
  /** Names of the directories in a directory, in no order. */
  subdirectories(path: string): Promise<readonly string[]>
  /** Makes a directory and what is missing above it; one that is there is fine. */
  makeDirectory(path: string): Promise<void>
  syncDirectory(path: string): Promise<void>
  sizeBytes(path: string): Promise<number>
  volume(path: string): Promise<Volume>
}

const flags: Readonly<Record<OpenMode, string>> = {
  read: 'r',
  update: 'r+',
  create: 'wx+',
  replace: 'w+',
}

/** The machine's disk. Files are for their owner alone: what is stored may be private. */
export const nodeFileSystem: FileSystem = {
  async open(path, mode) {
    const handle = await open(path, flags[mode], 0o600)
    return {
      async write(parts, atBytes) {
        return (await handle.writev(parts, atBytes)).bytesWritten
      },
      async read(into, atBytes) {
        let filled = 0
        while (filled < into.length) {
          const rest = into.length - filled
          const { bytesRead } = await handle.read(into, filled, rest, atBytes + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        return filled
      },
      datasync: () => handle.datasync(),
      truncate: (lengthBytes) => handle.truncate(lengthBytes),
      close: () => handle.close(),
    }
  },
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  async readDirectory(path) {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.filter((it) => it.isFile()).map((it) => it.name)
  },
  async subdirectories(path) {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.filter((it) => it.isDirectory()).map((it) => it.name)
  },
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  async syncDirectory(path) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  async sizeBytes(path) {
    return (await stat(path)).size
  },
  async volume(path) {
    const { bsize, blocks, bavail } = await statfs(path)
    return { totalBytes: bsize * blocks, freeBytes: bsize * bavail }
  },
}

/** The system's error code, such as `ENOSPC`, or `undefined` for another kind of error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
