import type { FileSystem } from './file-system.ts'

/** What a log does when it is full. */
export type WhenFull = 'reject' | 'block' | 'drop_oldest'

export interface RoomOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly segmentBytes: number
  /** What all segments together may take. */
  readonly maxBytes: number
}

/** Share of the volume that stays free for everyone else. */
const reservedShare = 0.05

/**
 * Bytes that may be written now: within the log's own bound, and leaving one segment and 5 % of
 * the volume free, so that checkpoints and new segments can still be made on a full disk.
 */
export async function freeBytes(options: RoomOptions, usedBytes: number): Promise<number> {
  const { totalBytes, freeBytes } = await options.files.volume(options.directory)
  const reserveBytes = options.segmentBytes + reservedShare * totalBytes
  return Math.max(0, Math.min(options.maxBytes - usedBytes, freeBytes - reserveBytes))
}
