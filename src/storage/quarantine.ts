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
  readonly #maxBytes: number
  /** What is there already; damage in a segment that stays is found again at every start. */
  readonly #names = new Set<string>()
  #bytes = 0

  /** @param maxBytes what is kept; beyond it the newest damage is counted only */
  static async open(files: FileSystem, directory: string, maxBytes: number): Promise<Quarantine> {
    const quarantine = new Quarantine(files, directory, maxBytes)
    quarantine.#bytes = await quarantine.#used()
    return quarantine
  }

  private constructor(files: FileSystem, directory: string, maxBytes: number) {
    this.#files = files
    this.#directory = directory
    this.#path = join(directory, 'quarantine')
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * Bytes of the copy, 0 for none. A failure is no reason to stop: the damaged bytes are lost anyway.
   */
  async keep({ name }: Segment, { fromBytes, toBytes }: Damage): Promise<number> {
    const bytes = toBytes - fromBytes
    const file = `${name.number}-${fromBytes}.damaged`
    if (this.#names.has(file) || this.#bytes + bytes > this.#maxBytes) return 0
    try {
      await this.#files.makeDirectory(this.#path)
      const source = await this.#files.open(join(this.#directory, segmentFile(name)), 'read')
      const target = await this.#files.open(join(this.#path, file), 'replace')
      for (let at = fromBytes; at < toBytes; at += chunkBytes) {
        const chunk = Buffer.alloc(Math.min(chunkBytes, toBytes - at))
        await source.read(chunk, at)
        await target.write([chunk], at - fromBytes)
      }
      await Promise.all([source.close(), target.close()])
      this.#names.add(file)
      this.#bytes += bytes
      return bytes
    } catch {
      return 0
    }
  }

  /**
   * Takes a whole segment away, by its name alone, for its bytes cannot be read; bytes of what is
   * kept, 0 where it had to be unlinked.
   */
  async take({ name, endBytes }: Segment): Promise<number> {
    const file = segmentFile(name)
    const from = join(this.#directory, file)
    if (this.#bytes + endBytes > this.#maxBytes) {
      await this.#files.unlink(from)
      return 0
    }
    await this.#files.makeDirectory(this.#path)
    await this.#files.rename(from, join(this.#path, file))
    this.#bytes += endBytes
    return endBytes
  }

  /** 0 where there is no such directory yet. */
  async #used(): Promise<number> {
    try {
      const names = await this.#files.readDirectory(this.#path)
      for (const it of names) this.#names.add(it)
      const sizes = names.map((it) => this.#files.sizeBytes(join(this.#path, it)))
      return (await Promise.all(sizes)).reduce((sum, it) => sum + it, 0)
    } catch {
      return 0
    }
  }
}
