import type { FileSystem } from '../storage/file-system.ts'
import { maxEntryBytes } from './entry.ts'

/** One line of a file. */
export interface Line {
  /** Without the line break; of a line that is longer than any entry only the beginning. */
  readonly bytes: Buffer
  /** From 1. */
  readonly number: number
  /** Where the next line begins, in bytes. */
  readonly endBytes: number
  /** Missing where the file ends within the line. */
  readonly hasBreak: boolean
}

const chunkBytes = 256 * 1024
const lineBreak = 0x0a

/** The lines of a file, one chunk in memory at a time; ends at a line that no entry can fill. */
export async function* linesOf(files: FileSystem, path: string): AsyncGenerator<Line> {
  const file = await files.open(path, 'read')
  try {
    let [rest, number, endBytes, readBytes] = [Buffer.alloc(0), 0, 0, 0]
    for (;;) {
      const chunk = Buffer.alloc(chunkBytes)
      const got = await file.read(chunk, readBytes)
      readBytes += got
      const bytes = Buffer.concat([rest, chunk.subarray(0, got)])
      let from = 0
      for (let to = bytes.indexOf(lineBreak); to >= 0; to = bytes.indexOf(lineBreak, from)) {
        endBytes += to + 1 - from
        yield { bytes: bytes.subarray(from, to), number: ++number, endBytes, hasBreak: true }
        from = to + 1
      }
      rest = bytes.subarray(from)
      const isLast = got < chunkBytes
      if (rest.length > 0 && (isLast || rest.length > maxEntryBytes)) {
        yield { bytes: rest, number: ++number, endBytes: endBytes + rest.length, hasBreak: false }
      }
      if (isLast || rest.length > maxEntryBytes) return
    }
  } finally {
    await file.close().catch(() => undefined)
  }
}
