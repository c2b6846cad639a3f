import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Scheduler } from '../../src/component/scheduler.ts'
import { nextBackup, removeOld } from './backups.ts'
import type { Config } from './config.ts'

/** Telemetry may hold prompts: nobody else may read it. */
const mode = 0o600

const mib = 1024 * 1024

/**
 * A file of lines, opened by the first write. One write at a time. A failed write closes the file,
 * and the next one opens it again.
 */
export class LineFile {
  readonly #config: Config
  readonly #scheduler: Scheduler
  #handle: FileHandle | undefined
  #sizeBytes = 0
  #wasOpened = false
  /** A write broke off within a line, which the next one has to end. */
  #isTorn = false
  #last: Promise<void> = Promise.resolve()

  constructor(config: Config, scheduler: Scheduler) {
    this.#config = config
    this.#scheduler = scheduler
  }

  /**
   * Appends whole lines and resolves when the system has them; it may not yet have put them on the
   * disk.
   */
  write(text: string): Promise<void> {
    const writing = this.#last.then(() => this.#append(text))
    this.#last = writing.catch(() => {})
    return writing
  }

  /** Resolves when the last write has ended and the file is closed. */
  async close(): Promise<void> {
    await this.#last
    await this.#closeNow()
  }

  async #append(text: string): Promise<void> {
    const bytes = Buffer.from(this.#isTorn ? `\n${text}` : text)
    try {
      await this.#rotateBefore(bytes.length)
      this.#handle ??= await this.#open()
      await this.#writeAll(this.#handle, bytes)
    } catch (cause) {
      await this.#closeNow().catch(() => {})
      throw cause
    }
  }

  async #writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, at)
      at += bytesWritten
      this.#sizeBytes += bytesWritten
      this.#isTorn = at < bytes.length
    }
  }

  /** The first time the file is emptied, unless it is to be kept. */
  async #open(): Promise<FileHandle> {
    const { path, append, rotation, create_directory } = this.#config
    if (create_directory) await mkdir(dirname(path), { recursive: true })
    const isKept = append || rotation !== undefined || this.#wasOpened
    const handle = await open(path, isKept ? 'a' : 'w', mode)
    this.#wasOpened = true
    this.#sizeBytes = (await handle.stat()).size
    return handle
  }

  async #rotateBefore(more: number): Promise<void> {
    const { path, rotation } = this.#config
    if (rotation === undefined) return
    this.#handle ??= await this.#open()
    const isFull = this.#sizeBytes + more > rotation.max_megabytes * mib
    if (!isFull || this.#sizeBytes === 0) return
    await this.#closeNow()
    await rename(path, await nextBackup(path, this.#scheduler.now()))
    if (rotation.max_backups > 0) await removeOld(path, rotation.max_backups)
  }

  async #closeNow(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}
