import type { FileSystem } from '../storage/file-system.ts'
import type { Auditor } from './auditor.ts'
import { ChainWriter, type DatedEntry } from './chain-writer.ts'
import { type RunBefore, stopType } from './entries.ts'
import { encodeEntry, genesis, type Head, maxEntryBytes, type NewEntry } from './entry.ts'
import { HeadFile } from './head-file.ts'
import { type Recovered, recover } from './recovery.ts'
import { Waiting, type WaitingEntry } from './waiting.ts'

/** What the log needs of a logger. */
export interface AuditLogger {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface AuditLogOptions {
  readonly files: FileSystem
  /** Belongs to the log alone; made if missing. */
  readonly directory: string
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly log: AuditLogger
  /** Where a file ends; one group more than this at most. */
  readonly segmentBytes?: number
  /** Entries that may wait for the disk; more are refused. */
  readonly maxPending?: number
}

export interface AuditStatus {
  /** The newest entry that is on disk. Note it elsewhere: `audit verify --expect <seq>:<hash>`. */
  readonly head: Head
  readonly file: string | undefined
  /** Waiting for the disk. */
  readonly pending: number
  /** Entries since the start: on disk, refused since too many waited, not written. */
  readonly appended: number
  readonly refused: number
  readonly failed: number
  /** Why the last write failed; `undefined` once one has worked again. */
  readonly lastError: string | undefined
}

const mib = 1024 * 1024

/**
 * The tamper-evident log: files of JSON lines, each line linked to the one before by its hash. All
 * that waits when the disk is free is written at once and made safe with one sync.
 */
export class AuditLog implements Auditor {
  /** `undefined` at the first start. */
  readonly runBefore: RunBefore | undefined
  readonly #options: AuditLogOptions
  readonly #writer: ChainWriter
  readonly #head: HeadFile
  readonly #waiting: Waiting
  #owed: readonly NewEntry[]
  #running: Promise<void> | undefined
  #isClosed = false
  #counts = { appended: 0, refused: 0, failed: 0 }
  #lastError: string | undefined

  /** Opens the log, repairs what a crash has torn, and says so in the log itself. */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const { files, directory, log } = options
    await files.makeDirectory(directory)
    const recovered = await recover(files, directory)
    for (const { type, body } of recovered.owed) {
      const level = type === 'audit.broken' ? 'error' : 'warn'
      log[level]({ directory, ...body }, saidAtStart[level])
    }
    const opened = new AuditLog(options, recovered)
    await opened.#begin()
    return opened
  }

  private constructor(options: AuditLogOptions, { continuation, head, last, owed }: Recovered) {
    const { files, directory, log, segmentBytes = 64 * mib, maxPending = 10_000 } = options
    this.#options = options
    this.#waiting = new Waiting(maxPending)
    this.#owed = owed
    this.#writer = new ChainWriter({ files, directory, segmentBytes }, continuation)
    this.#head = new HeadFile(files, directory, head, (cause) =>
      log.warn({ directory, cause: reasonOf(cause) }, 'The head of the audit log cannot be noted.'),
    )
    this.runBefore = last && {
      lastMs: Date.parse(last.at),
      hasStopped: last.type === stopType,
    }
  }

  async append(entry: NewEntry): Promise<Head> {
    if (this.#isClosed) throw new Error('the audit log is closed')
    const bytes = sizeOf(entry)
    if (!this.#waiting.hasRoom(bytes)) {
      this.#counts.refused++
      throw new Error(`the audit log is full: ${this.#waiting.size} entries wait for the disk`)
    }
    const at = new Date(this.#options.now()).toISOString()
    const appended = this.#waiting.add({ ...structuredClone(entry), at }, bytes)
    this.#running ??= this.#run()
    return appended
  }

  status(): AuditStatus {
    return {
      head: this.#writer.end,
      file: this.#writer.file,
      pending: this.#waiting.size,
      ...this.#counts,
      lastError: this.#lastError,
    }
  }

  /** Resolves when all that waited is written or refused. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
    await this.#head.close()
    await this.#writer.close()
  }

  /** A first head before the first entry, so that a missing one always means something. */
  async #begin(): Promise<void> {
    if (this.#writer.end.seq < 0) this.#head.note(this.#writer.end)
    await this.#head.settled()
    if (this.#owed.length === 0) return
    const at = new Date(this.#options.now()).toISOString()
    await this.#commit([], at).catch(() => undefined)
    await this.#head.settled()
  }

  async #run(): Promise<void> {
    // One turn, so that what is appended at once is written at once.
    await Promise.resolve()
    while (this.#waiting.size > 0) await this.#write(this.#waiting.take())
    this.#running = undefined
  }

  async #write(group: readonly WaitingEntry[]): Promise<void> {
    const entries = group.map((it) => it.entry)
    try {
      const heads = await this.#commit(entries, entries[0]?.at ?? '')
      for (const [index, head] of heads.entries()) group[index]?.resolve(head)
    } catch (cause) {
      this.#counts.failed += group.length
      const error = new Error(`cannot write the audit log: ${reasonOf(cause)}`, { cause })
      for (const { reject } of group) reject(error)
    }
  }

  /** What the start owes to the log comes first, until it has been written. */
  async #commit(group: readonly DatedEntry[], at: string): Promise<readonly Head[]> {
    const owed = this.#owed.map((it) => ({ ...it, at }))
    try {
      const heads = await this.#writer.write([...owed, ...group])
      this.#owed = []
      this.#head.note(this.#writer.end)
      this.#counts.appended += heads.length
      this.#lastError = undefined
      return heads.slice(owed.length)
    } catch (cause) {
      const { directory, log } = this.#options
      const isNews = this.#lastError === undefined
      this.#lastError = reasonOf(cause)
      if (isNews) log.error({ directory, cause: this.#lastError }, 'Cannot write the audit log.')
      throw cause
    }
  }
}

/** What an entry will take; throws where the log cannot hold it. */
function sizeOf(entry: NewEntry): number {
  const bytes = bytesOf(entry)
  if (bytes <= maxEntryBytes) return bytes
  throw new Error(`an entry of ${bytes} bytes is too large for the audit log`)
}

function bytesOf(entry: NewEntry): number {
  try {
    const at = new Date(0).toISOString()
    const seq = Number.MAX_SAFE_INTEGER
    return encodeEntry({ ...entry, seq, at, prev: genesis }).length
  } catch (cause) {
    throw new Error(`the audit log cannot hold this entry: ${reasonOf(cause)}`, { cause })
  }
}

const saidAtStart = {
  warn: 'The audit log ended in what a crash had torn; it was cut off.',
  error: 'The audit log is not as it was left; it goes on behind that.',
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
