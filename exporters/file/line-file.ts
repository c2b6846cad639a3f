import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Settings } from '../../src/component/settings.ts'
import { nextBackup, removeOld } from './backups.ts'
import type { Config } from './config.ts'

/** Telemetry may hold prompts: nobody else may read it. */
const mode = 0o600
const directoryMode = 0o700

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants

const mib = 1024 * 1024

/**
 * A file of lines, opened by the first write. One write at a time. A failed write closes the file,
 * and the next one opens it again.
 */
export class LineFile {
  readonly #config: Config
  readonly #settings: Pick<Settings, 'scheduler' | 'log'>
  #handle: FileHandle | undefined
  #sizeBytes = 0
  #wasOpened = false
  /** A write broke off within a line, which the next one has to end. */
  #isTorn = false
  #last: Promise<void> = Promise.resolve()

  constructor(config: Config, settings: Pick<Settings, 'scheduler' | 'log'>) {
    this.#config = config
    this.#settings = settings
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

  /**
   * The first time the file is emptied, unless it is to be kept. Always at its end, so that another
   * process that writes it overwrites nothing.
   */
  async #open(): Promise<FileHandle> {
    const { path, append, rotation, create_directory } = this.#config
    if (create_directory) {
      await mkdir(dirname(path), { recursive: true, mode: directoryMode })
    }
    const isKept = append || rotation !== undefined || this.#wasOpened
    const flags = O_WRONLY | O_CREAT | O_APPEND | (isKept ? 0 : O_TRUNC)
    const handle = await open(path, flags, mode)
    this.#wasOpened = true
    const found = await handle.stat()
    this.#sizeBytes = found.size
    if (found.isFile() && (found.mode & 0o077) !== 0) await this.#keepFromOthers(handle)
    return handle
  }

  /** A file that was there has the mode it was given; it may not be ours to change. */
  async #keepFromOthers(handle: FileHandle): Promise<void> {
    const { path } = this.#config
    const { log } = this.#settings
    try {
      await handle.chmod(mode)
      log.info({ path }, 'The file was open to other users; its mode is 0600 now.')
    } catch (cause) {
      log.warn({ path, err: cause }, 'The file is open to other users, and its mode stays.')
    }
  }

  async #rotateBefore(more: number): Promise<void> {
    const { path, rotation } = this.#config
    if (rotation === undefined) return
    this.#handle ??= await this.#open()
    const isFull = this.#sizeBytes + more > rotation.max_megabytes * mib
    if (!isFull || this.#sizeBytes === 0) return
    await this.#closeNow()
    await rename(path, await nextBackup(path, this.#settings.scheduler.now()))
    if (rotation.max_backups > 0) await removeOld(path, rotation.max_backups)
  }

  async #closeNow(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}
