import { type Clock, Timers } from './clock.ts'
import { explore } from './explore.ts'
import type { FileSystem } from './file-system.ts'
import { LogReader } from './log-reader.ts'
import { type Appended, Pending } from './pending.ts'
import { Quarantine } from './quarantine.ts'
import { type Recovered, recover } from './recovery.ts'
import { Release } from './release.ts'
import { freeBytes, type WhenFull } from './room.ts'
import type { Segment } from './segment.ts'
import type { Damage } from './segment-cursor.ts'
import { type NewRecord, SegmentWriter, sizeOf } from './segment-writer.ts'

/**
 * When what is written is safe from a power loss: before it is acknowledged, some time later (what
 * came since is lost), or when the system pleases.
 */
export type SyncPolicy =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'interval'; readonly everyMs: number }

export interface SegmentLogOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly clock: Clock
  /** A new random 32-bit number. */
  readonly salt: () => number
  readonly sync: SyncPolicy
  readonly segmentBytes: number
  readonly maxBytes: number
  readonly whenFull: WhenFull
}

/** What a log says about itself; counts are since the start. */
export interface LogStatus {
  readonly segments: number
  readonly bytes: number
  readonly heldRecords: number
  readonly damagedRecords: number
  readonly droppedRecords: number
  readonly failedWrites: number
  readonly failedCheckpoints: number
}

/**
 * Where groups are not synced, readers may have seen records that a power loss took; a start skips
 * this many sequences, so that what comes next is not mistaken for them.
 */
const unsyncedRecords = 2 ** 20

const checkpointDelayMs = 1000
const retryDelayMs = 1000

/**
 * An append-only log of records in segment files. What `append` resolves to `appended` is read
 * back, in order, until it is acknowledged; a segment goes when all of it is.
 */
export class SegmentLog {
  readonly #options: SegmentLogOptions
  readonly #quarantine: Quarantine
  readonly #writer: SegmentWriter
  readonly #pending = new Pending()
  readonly #listeners = new Set<() => void>()
  readonly #segments: Segment[]
  readonly #timers: Timers
  readonly #releasing: Release
  #work: Promise<void> | undefined
  #exploring: Promise<void> = Promise.resolve()
  #checkpointDue = false
  #releaseDue = false
  #syncDue = false
  #failing = false
  #blocked = false
  #closed = false
  #dropped = 0
  #damaged = 0
  #failedWrites = 0

  /** Opens a directory; its older segments are looked through in the background. */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { files, directory, segmentBytes } = options
    await files.makeDirectory(directory)
    const quarantine = new Quarantine(files, directory, segmentBytes)
    const damages: (readonly [Segment, Damage])[] = []
    const found = await recover(files, directory, async (...damage) => {
      damages.push(damage)
    })
    const log = new SegmentLog(options, found, quarantine)
    for (const damage of damages) await log.#onDamage(...damage)
    log.#exploring = log.#explore(found.segments)
    return log
  }

  private constructor(options: SegmentLogOptions, found: Recovered, quarantine: Quarantine) {
    this.#options = options
    this.#quarantine = quarantine
    this.#timers = new Timers(options.clock)
    this.#segments = [...found.segments]
    const syncsGroups = options.sync.kind === 'always'
    const onSegment = (segment: Segment) => this.#segments.push(segment)
    const writer = { ...options, syncsGroups, onSegment }
    const skipped = syncsGroups || found.segments.length === 0 ? 0 : unsyncedRecords
    this.#writer = new SegmentWriter(writer, found.nextSequence + skipped, found.nextNumber)
    const { files, directory } = options
    this.#releasing = new Release({
      files,
      directory,
      segments: this.#segments,
      writer: this.#writer,
    })
  }

  /** Resolves when the segments found at start have been looked through. */
  get explored(): Promise<void> {
    return this.#exploring
  }

  /** Resolves once the record is as safe as the policy promises, or with why it is not. */
  append(record: NewRecord): Promise<Appended> {
    if (sizeOf(record) > this.#options.maxBytes) {
      return Promise.resolve({ kind: 'permanent', reason: 'larger than the whole log' })
    }
    if (this.#closed) return Promise.resolve({ kind: 'retryable', reason: 'closed' })
    if (this.#failing && this.#pending.size > 0) {
      return Promise.resolve({ kind: 'retryable', reason: 'cannot write' })
    }
    const appended = this.#pending.add(record)
    this.#wake()
    return appended
  }

  /** Nobody needs this record any more; in any order, and more than once. */
  acknowledge(sequence: number): void {
    const segment = this.#segments.findLast((it) => it.name.base <= sequence)
    if (!segment?.acknowledged.add(sequence)) return
    this.#settled(segment)
  }

  /** @param position the first sequence of interest */
  reader(position = 0): LogReader {
    const { files, directory } = this.#options
    const segments = () => this.#segments
    return new LogReader({ files, directory, segments, onDamage: this.#onDamage }, position)
  }

  /** Calls back after every commit; the returned function ends that. */
  onCommit(callback: () => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  status(): LogStatus {
    return {
      segments: this.#segments.length,
      bytes: this.#usedBytes(),
      heldRecords: this.#segments.reduce((sum, it) => sum + it.heldRecords, 0),
      damagedRecords: this.#damaged,
      droppedRecords: this.#dropped,
      failedWrites: this.#failedWrites,
      failedCheckpoints: this.#releasing.failedCheckpoints,
    }
  }

  /** Writes what is pending, syncs, and releases what is acknowledged; deletes nothing else. */
  async close(): Promise<void> {
    this.#closed = true
    this.#blocked = false
    await this.#exploring
    await this.#work
    this.#releaseDue = true
    this.#checkpointDue = true
    await this.#run()
    this.#timers.end()
    this.#pending.refuse('closed')
    await this.#writer.seal().catch(() => this.#failedWrites++)
  }

  #wake = (): void => {
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined
      if (this.#hasWork()) this.#wake()
    })
  }

  #hasWork(): boolean {
    const canCommit = this.#pending.size > 0 && !this.#blocked
    return this.#releaseDue || this.#syncDue || this.#checkpointDue || canCommit
  }

  /** The only place that changes files, one step after the other. */
  async #run(): Promise<void> {
    while (this.#hasWork()) {
      if (this.#releaseDue) await this.#release()
      else if (this.#syncDue) await this.#sync()
      else if (this.#pending.size > 0 && !this.#blocked) await this.#commit()
      else await this.#checkpoint()
    }
  }

  async #commit(): Promise<void> {
    const room = await this.#room()
    const group = this.#pending.take(room, this.#options.segmentBytes)
    if (group.length === 0) return this.#full()
    try {
      const first = await this.#writer.write(group.map((it) => it.record))
      this.#failing = false
      for (const [at, { resolve }] of group.entries()) {
        resolve({ kind: 'appended', sequence: first + at })
      }
      for (const callback of this.#listeners) callback()
      this.#syncLater()
    } catch (cause) {
      this.#fail(cause)
      for (const { resolve } of group) resolve({ kind: 'retryable', reason: String(cause) })
    }
  }

  /** A record goes through alone, as the attempt that ends the refusals; the others are refused. */
  #fail(cause: unknown): void {
    this.#failedWrites++
    this.#failing = true
    this.#pending.refuse(`cannot write: ${cause}`)
  }

  async #room(): Promise<number> {
    try {
      return await freeBytes(this.#options, this.#usedBytes())
    } catch {
      return this.#options.maxBytes - this.#usedBytes()
    }
  }

  async #full(): Promise<void> {
    const active = this.#writer.active
    if (active?.complete && active.endBytes > 0) return this.#release()
    const { whenFull } = this.#options
    if (whenFull === 'drop_oldest' && (await this.#dropOldest())) return
    if (whenFull !== 'block' || this.#closed) return this.#pending.refuse('full')
    this.#blocked = true
    this.#timers.later('unblock', retryDelayMs, () => this.#unblock())
  }

  #unblock(): void {
    this.#blocked = false
    this.#wake()
  }

  async #dropOldest(): Promise<boolean> {
    const oldest = this.#segments.find((it) => it.endBytes > 0)
    if (!oldest) return false
    this.#dropped += oldest.heldRecords
    for (let it = oldest.acknowledged.lowWater; it < oldest.nextSequence; it++) {
      oldest.acknowledged.add(it)
    }
    await this.#release()
    return oldest.released
  }

  async #release(): Promise<void> {
    this.#releaseDue = false
    try {
      await this.#releasing.run()
    } catch {
      this.#failedWrites++
    }
    this.#blocked = false
  }

  async #checkpoint(): Promise<void> {
    this.#checkpointDue = false
    await this.#releasing.checkpoint()
  }

  #settled(segment: Segment): void {
    this.#timers.later('checkpoint', checkpointDelayMs, () => {
      this.#checkpointDue = true
      this.#wake()
    })
    if (!segment.complete) return
    if (segment.sealed || this.#blocked) this.#releaseNow()
    else this.#timers.later('release', checkpointDelayMs, () => this.#releaseNow())
  }

  #releaseNow(): void {
    this.#releaseDue = true
    this.#wake()
  }

  #syncLater(): void {
    const { sync } = this.#options
    if (sync.kind !== 'interval') return
    this.#timers.later('sync', sync.everyMs, () => {
      this.#syncDue = true
      this.#wake()
    })
  }

  async #sync(): Promise<void> {
    this.#syncDue = false
    await this.#writer.sync().catch(() => this.#failedWrites++)
  }

  async #explore(segments: readonly Segment[]): Promise<void> {
    const { files, directory } = this.#options
    for (const segment of segments) {
      if (this.#closed) return
      await explore(files, directory, segment, this.#onDamage)
      if (segment.complete) this.#settled(segment)
    }
  }

  /** Counts a damage once, and settles what it took, so that its segment can go. */
  #onDamage = async (segment: Segment, damage: Damage): Promise<void> => {
    if (segment.damaged.has(damage.fromBytes)) return
    segment.damaged.set(damage.fromBytes, damage.records)
    this.#damaged += damage.records
    await this.#quarantine.keep(segment, damage)
    for (let at = 0; at < damage.records; at++) segment.acknowledged.add(damage.firstSequence + at)
    if (segment.complete) this.#settled(segment)
  }

  #usedBytes(): number {
    return this.#segments.reduce((sum, it) => sum + it.endBytes, 0)
  }
}
