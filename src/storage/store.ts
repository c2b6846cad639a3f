import { dirname, join } from 'node:path'
import { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import { DeadLetters } from './dead-letters.ts'
import { errorCode, type FileSystem, type Volume } from './file-system.ts'
import type { LogStatus, SegmentLogOptions, SyncPolicy, WhenFull } from './log-options.ts'
import { type OwnedDirectory, ownDirectory } from './owned-directory.ts'
import { SegmentLog } from './segment-log.ts'
import { Snapshots } from './snapshots.ts'

export interface StoreOptions {
  readonly files: FileSystem
  readonly clock: Clock
  /** A new random 32-bit number. */
  readonly salt: () => number
  readonly directory: string
  readonly sync: SyncPolicy
  readonly segmentBytes: number
  /** What all logs may take together; a tenth of it is for dead letters. */
  readonly maxBytes: number
  readonly whenFull: WhenFull
  /** Of records in queues and of dead letters; the other logs keep theirs however old. */
  readonly maxAgeMs?: number
  /** Takes the directory for this process alone; the system's way where absent. */
  readonly own?: (directory: string) => OwnedDirectory | undefined
}

/** What is special about one log. */
export type LogSettings = Partial<
  Pick<SegmentLogOptions, 'sync' | 'whenFull' | 'maxRecords' | 'maxAgeMs' | 'onDropped'>
>

/** What lies in a store. */
export interface StoreStatus {
  readonly usedBytes: number
  readonly maxBytes: number
  /** As it was when it was looked at last. */
  readonly volume: Volume | undefined
  /** Of every open log, dead letters included, by its directory. */
  readonly logs: ReadonlyMap<string, LogStatus>
}

const deadLetterShare = 1 / 10

/** Where the store of a directory keeps things, below it. */
export const storeLayout = {
  queues: 'queues',
  deadLetters: 'dead-letters',
  state: 'state',
} as const

/** All that one process keeps in one directory, within one budget. */
export class Store {
  readonly directory: string
  readonly #options: StoreOptions
  readonly #owned: OwnedDirectory
  readonly #budget: Budget
  readonly #deadLetterBudget: Budget
  readonly #logs = new Map<string, Promise<SegmentLog>>()
  readonly #letters = new Map<string, Promise<DeadLetters>>()
  readonly #open = new Map<string, SegmentLog>()

  /** Makes the directory and takes it; rejects with a sentence for people where it cannot. */
  static async open(options: StoreOptions): Promise<Store> {
    const { files, directory, own = ownDirectory } = options
    await makeWritable(files, directory)
    const owned = own(directory)
    if (!owned) throw new Error(`${directory} is in use by another process: stop that one first`)
    return new Store(options, owned)
  }

  private constructor(options: StoreOptions, owned: OwnedDirectory) {
    this.directory = options.directory
    this.#options = options
    this.#owned = owned
    const deadLetterBytes = options.maxBytes * deadLetterShare
    this.#budget = new Budget({ ...options, maxBytes: options.maxBytes - deadLetterBytes })
    this.#deadLetterBudget = new Budget({ ...options, maxBytes: deadLetterBytes })
  }

  /**
   * The log of that name; the same one again while it is open.
   *
   * @param name a path below the directory, such as `ingest`, or `queues/` and an encoded id
   */
  async log(name: string, how: LogSettings = {}): Promise<SegmentLog> {
    const { maxAgeMs } = this.#options
    const isQueue = dirname(name) === storeLayout.queues
    const settings = { ...(isQueue && maxAgeMs !== undefined && { maxAgeMs }), ...how }
    const open = () =>
      this.#register(name, SegmentLog.open(this.#logOptions(name, this.#budget, settings)))
    return once(this.#logs, name, (it) => it.isClosed, open)
  }

  /** Dead letters of that name; the oldest make room for new ones. */
  async deadLetters(name: string, how: LogSettings = {}): Promise<DeadLetters> {
    const path = join(storeLayout.deadLetters, name)
    const { maxAgeMs } = this.#options
    const settings = { ...(maxAgeMs !== undefined && { maxAgeMs }), ...how }
    const options = this.#logOptions(path, this.#deadLetterBudget, settings)
    return once(
      this.#letters,
      name,
      (it) => it.log.isClosed,
      async () => {
        const letters = await DeadLetters.open(options)
        await this.#register(path, Promise.resolve(letters.log))
        return letters
      },
    )
  }

  snapshots(): Snapshots {
    return new Snapshots(this.#options.files, join(this.directory, storeLayout.state))
  }

  status(): StoreStatus {
    return {
      usedBytes: this.#budget.usedBytes + this.#deadLetterBudget.usedBytes,
      maxBytes: this.#options.maxBytes,
      volume: this.#budget.volume,
      logs: new Map([...this.#open].map(([name, log]) => [name, log.status()])),
    }
  }

  /** Closes every log, then lets another process have the directory. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#logs.values(), ...this.#letters.values()])
    await Promise.allSettled([...this.#open.values()].map((it) => it.close()))
    this.#owned.release()
  }

  async #register(name: string, opening: Promise<SegmentLog>): Promise<SegmentLog> {
    const log = await opening
    this.#open.set(name, log)
    return log
  }

  #logOptions(name: string, budget: Budget, how: LogSettings): SegmentLogOptions {
    const { files, clock, salt, sync, whenFull } = this.#options
    const { maxBytes } = budget
    // A segment that is written cannot be dropped: there must be several within the bound.
    const segmentBytes = Math.min(this.#options.segmentBytes, Math.ceil(maxBytes / 8))
    const directory = join(this.directory, name)
    return { files, clock, salt, sync, whenFull, segmentBytes, directory, budget, maxBytes, ...how }
  }
}

async function once<T>(
  open: Map<string, Promise<T>>,
  name: string,
  isOver: (it: T) => boolean,
  make: () => Promise<T>,
): Promise<T> {
  const before = open.get(name)
  const found = await before?.catch(() => undefined)
  if (found !== undefined && !isOver(found)) return found
  const now = open.get(name)
  if (now && now !== before) return now
  const made = make()
  open.set(name, made)
  return made
}

/** A full volume is no obstacle: what lies on it can still be sent and unlinked. */
async function makeWritable(files: FileSystem, directory: string): Promise<void> {
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
