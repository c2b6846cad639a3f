import { dirname, join } from 'node:path'
import { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import { DeadLetters } from './dead-letters.ts'
import type { FileSystem, Volume } from './file-system.ts'
import type {
  LogStatus,
  OtherLogs,
  SegmentLogOptions,
  SyncPolicy,
  WhenFull,
} from './log-options.ts'
import { type OwnedDirectory, ownDirectory } from './owned-directory.ts'
import { SegmentLog } from './segment-log.ts'
import { Snapshots } from './snapshots.ts'
import { bytesIn, logNames } from './store-files.ts'
import { makeWritable } from './writable.ts'

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
  Pick<SegmentLogOptions, 'sync' | 'whenFull' | 'maxRecords' | 'maxAgeMs' | 'others' | 'onDropped'>
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
  /** Bytes of logs that lie here and nobody has opened. */
  readonly #unopened = new Map<string, number>()

  /** Makes the directory and takes it; rejects with a sentence for people where it cannot. */
  static async open(options: StoreOptions): Promise<Store> {
    const { files, directory, own = ownDirectory } = options
    await makeWritable(files, directory)
    const owned = own(directory)
    if (!owned) throw new Error(`${directory} is in use by another process: stop that one first`)
    const store = new Store(options, owned)
    try {
      await store.#countUnopened()
      return store
    } catch (cause) {
      owned.release()
      throw new Error(`${directory} cannot be read`, { cause })
    }
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
  log(name: string, how: LogSettings = {}): Promise<SegmentLog> {
    return once(
      this.#logs,
      name,
      (it) => it.isClosed,
      () => this.#openLog(name, how),
    )
  }

  /** Dead letters of that name; the oldest of all make room for new ones. */
  deadLetters(name: string, how: LogSettings = {}): Promise<DeadLetters> {
    const path = join(storeLayout.deadLetters, name)
    const others: OtherLogs = {
      droppableBytes: () => this.#otherLetters(path).reduce((sum, it) => sum + it.bytes, 0),
      makeRoom: async () => (await this.#otherLetters(path)[0]?.log.dropOldest()) ?? false,
    }
    const open = async () =>
      DeadLetters.in(await this.log(path, { ...how, whenFull: 'drop_oldest', others }))
    return once(this.#letters, name, (it) => it.log.isClosed, open)
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
    await Promise.allSettled(this.#logs.values())
    await Promise.allSettled([...this.#open.values()].map((it) => it.close()))
    this.#owned.release()
  }

  async #countUnopened(): Promise<void> {
    const { files } = this.#options
    for (const name of await logNames(files, this.directory)) {
      const bytes = await bytesIn(files, join(this.directory, name))
      this.#unopened.set(name, bytes)
      this.#budgetOf(name).use(bytes)
    }
  }

  async #openLog(name: string, how: LogSettings): Promise<SegmentLog> {
    const { files, clock, salt, sync, whenFull, maxAgeMs } = this.#options
    const budget = this.#budgetOf(name)
    budget.use(-(this.#unopened.get(name) ?? 0))
    this.#unopened.delete(name)
    const { maxBytes } = budget
    const log = await SegmentLog.open({
      ...{ files, clock, salt, sync, whenFull, budget, maxBytes },
      // A segment that is written cannot be dropped: there must be several within the bound.
      segmentBytes: Math.min(this.#options.segmentBytes, Math.ceil(maxBytes / 8)),
      directory: join(this.directory, name),
      ...(maxAgeMs !== undefined && forgets(name) && { maxAgeMs }),
      ...how,
    })
    this.#open.set(name, log)
    return log
  }

  #budgetOf(name: string): Budget {
    return dirname(name) === storeLayout.deadLetters ? this.#deadLetterBudget : this.#budget
  }

  /** Open logs of dead letters but one, the one that has the most first. */
  #otherLetters(than: string): { readonly log: SegmentLog; readonly bytes: number }[] {
    return [...this.#open]
      .filter(
        ([name, log]) =>
          dirname(name) === storeLayout.deadLetters && name !== than && !log.isClosed,
      )
      .map(([, log]) => ({ log, bytes: log.status().bytes }))
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => b.bytes - a.bytes)
  }
}

/** Only what waits for people or for a destination may grow too old. */
function forgets(name: string): boolean {
  const folder = dirname(name)
  return folder === storeLayout.queues || folder === storeLayout.deadLetters
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
