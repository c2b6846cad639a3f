import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { type Segment, segmentFile } from './segment.ts'
import type { Damage } from './segment-cursor.ts'

const chunkBytes = 64 * 1024

/** Copies of damaged bytes, for people to look at; bounded, and never in the way of the log. */
export class Quarantine {
  readonly #files: FileSystem
  readonly #directory: string
  readonly #path: string
  #roomBytes: number

  /** @param maxBytes what may be copied between two starts */
  constructor(files: FileSystem, directory: string, maxBytes: number) {
    this.#files = files
    this.#directory = directory
    this.#path = join(directory, 'quarantine')
    this.#roomBytes = maxBytes
  }

  /** Whether a copy is there. A failure is no reason to stop: the damaged bytes are lost anyway. */
  async keep({ name }: Segment, { fromBytes, toBytes }: Damage): Promise<boolean> {
    if (toBytes - fromBytes > this.#roomBytes) return false
    this.#roomBytes -= toBytes - fromBytes
    try {
      await this.#files.makeDirectory(this.#path)
      const source = await this.#files.open(join(this.#directory, segmentFile(name)), 'read')
      const copy = join(this.#path, `${name.number}-${fromBytes}.damaged`)
      const target = await this.#files.open(copy, 'replace')
      for (let at = fromBytes; at < toBytes; at += chunkBytes) {
        const bytes = Buffer.alloc(Math.min(chunkBytes, toBytes - at))
        await source.read(bytes, at)
        await target.write([bytes], at - fromBytes)
      }
      await Promise.all([source.close(), target.close()])
      return true
    } catch {
      return false
    }
  }
}
