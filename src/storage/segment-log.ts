import { Budget } from './budget.ts'
import { type Clock, Timers } from './clock.ts'
import { type Dropped, type DropReason, Drops } from './drops.ts'
import type { FileSystem } from './file-system.ts'
import { Gate } from './gate.ts'
import { LogReader } from './log-reader.ts'
import { LookThrough } from './look-through.ts'
import { Losses } from './losses.ts'
import { type Appended, Pending } from './pending.ts'
import { Quarantine } from './quarantine.ts'
import { headerBytes } from './record.ts'
import { type Recovered, recover } from './recovery.ts'
import { Release } from './release.ts'
import type { Segment } from './segment.ts'
import type { Damage } from './segment-cursor.ts'
import { type NewRecord, SegmentWriter, sizeOf } from './segment-writer.ts'
import { Segments } from './segments.ts'
import { patience } from './unreadable.ts'

/**
 * When what is written is safe from a power loss: before it is acknowledged, some time later (what
 * came since is lost), or when the system pleases.
 */
export type SyncPolicy =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'interval'; readonly everyMs: number }

/** What a log does when it is full. */
export type WhenFull = 'reject' | 'block' | 'drop_oldest'

export interface SegmentLogOptions {
  readonly files: FileSystem
  readonly directory: string
  readonly clock: Clock
  /** A new random 32-bit number. */
  readonly salt: () => number
  readonly sync: SyncPolicy
  readonly segmentBytes: number
  /** What this log may take. */
  readonly maxBytes: number
  /** What it may take together with other logs; its own alone where absent. */
  readonly budget?: Budget
  /** How many records it may hold; as many as fit where absent. */
  readonly maxRecords?: number
  /** Segments whose newest record was received longer ago are dropped; off where absent. */
  readonly maxAgeMs?: number
  readonly whenFull: WhenFull
  /** Told of every loss, besides the counts in {@link LogStatus}. */
  readonly onDropped?: (reason: DropReason, dropped: Dropped) => void
}

/** What a log says about itself; what it holds is now, counts are since the start. */
export interface LogStatus {
  readonly segments: number
  /** Of segments; what is settled and not unlinked yet counts too. */
  readonly bytes: number
  readonly heldRecords: number
  /** Of records of an older run only once they are found; see {@link SegmentLog.explored}. */
  readonly heldItems: number
  readonly heldBytes: number
  /** When the oldest held record was received. */
  readonly oldestMs: number | undefined
  readonly nextSequence: number
  readonly damagedRecords: number
  /** Of damaged bytes that are kept for people to look at. */
  readonly quarantinedBytes: number
  /** Records by reason. */
  readonly dropped: Drops['records']
  readonly droppedItems: Drops['items']
  readonly failedReads: number
  readonly failedWrites: number
  readonly failedCheckpoints: number
}

/**
 * Where groups are not synced, readers may have seen records that a power loss took; a start skips
 * this many sequences, so that what comes next is not mistaken for them.
 */
const unsyncedRecords = 2 ** 20

/** A segment that its reader gave up. */
interface Unreadable {
  readonly segment: Segment
  readonly position: number
  readonly isGone: PromiseWithResolvers<boolean>
}

const checkpointDelayMs = 1000
const releaseDelayMs = 1000
const unblockDelayMs = 1000
const takeAwayDelayMs = 5000

/**
 * An append-only log of records in segment files. What `append` resolves to `appended` is read
 * back, in order, until it is acknowledged; a segment goes when all of it is.
 */
export class SegmentLog {
  readonly #options: SegmentLogOptions
  readonly #budget: Budget
  readonly #quarantine: Quarantine
  readonly #writer: SegmentWriter
  readonly #pending = new Pending()
  readonly #listeners = new Set<() => void>()
  readonly #segments: Segments
  readonly #timers: Timers
  readonly #gate: Gate
  readonly #releasing: Release
  readonly #drops: Drops
  readonly #losses: Losses
  readonly #unreadable: Unreadable[] = []
  readonly #syncing: PromiseWithResolvers<void>[] = []
  #work: Promise<void> | undefined
  #lookThrough: LookThrough | undefined
  #checkpointDue = false
  #releaseDue = false
  #syncDue = false
  #ageDue = false
  #blocked = false
  #closed = false
  #failedReads = 0
  #failedWrites = 0

  /** Opens a directory; its older segments are looked through in the background. */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { files, directory, segmentBytes } = options
    await files.makeDirectory(directory)
    const quarantine = await Quarantine.open(files, directory, segmentBytes)
    const damages: (readonly [Segment, Damage])[] = []
    const found = await recover(files, directory, async (...damage) => {
      damages.push(damage)
    })
    const log = new SegmentLog(options, found, quarantine)
    for (const damage of damages) await log.#losses.damaged(...damage)
    log.#lookThrough = log.#look(found.segments)
    return log
  }

  private constructor(options: SegmentLogOptions, found: Recovered, quarantine: Quarantine) {
    const { files, directory, segmentBytes, maxBytes, maxRecords, sync } = options
    this.#options = options
    this.#quarantine = quarantine
    this.#drops = new Drops(options.onDropped)
    this.#timers = new Timers(options.clock)
    this.#budget = options.budget ?? new Budget({ files, directory, segmentBytes, maxBytes })
    this.#budget.use(quarantine.bytes)
    this.#segments = new Segments(this.#budget)
    for (const segment of found.segments) this.#segments.add(segment)
    const [segments, budget, drops] = [this.#segments, this.#budget, this.#drops]
    const onSettled = (segment: Segment) => this.#settled(segment)
    this.#losses = new Losses({ segments, quarantine, budget, drops, onSettled })
    this.#gate = new Gate({
      budget: this.#budget,
      timers: this.#timers,
      segments: this.#segments,
      maxBytes,
      maxRecords: maxRecords ?? Number.POSITIVE_INFINITY,
    })
    const syncsGroups = sync.kind === 'always'
    const writer = { ...options, syncsGroups, segments: this.#segments }
    const skipped = syncsGroups || found.segments.length === 0 ? 0 : unsyncedRecords
    this.#writer = new SegmentWriter(writer, found.nextSequence + skipped, found.nextNumber)
    const releasing = { files, directory, segments: this.#segments, writer: this.#writer }
    this.#releasing = new Release(releasing)
    this.#ageLater()
  }

  /** Resolves when the segments found at start have been looked through. */
  get explored(): Promise<void> {
    return this.#lookThrough?.explored ?? Promise.resolve()
  }

  /** Resolves when their payloads have been checked too, slowly, or the log was closed. */
  get verified(): Promise<void> {
    return this.#lookThrough?.verified ?? Promise.resolve()
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The sequence that the next record gets. */
  get nextSequence(): number {
    return this.#writer.nextSequence
  }

  /** The oldest that is not acknowledged. */
  get firstHeldSequence(): number | undefined {
    return this.#segments.oldestHeld?.acknowledged.lowWater
  }

  /** Resolves once the record is as safe as the policy promises, or with why it is not. */
  append(record: NewRecord): Promise<Appended> {
    const { maxBytes } = this.#options
    if (sizeOf(record) > Math.min(maxBytes, this.#budget.largestBytes(record.isVital === true))) {
      return Promise.resolve({ kind: 'permanent', reason: 'larger than the whole log' })
    }
    if (this.#closed) return Promise.resolve({ kind: 'retryable', reason: 'closed' })
    if (this.#gate.isFailing && this.#pending.size > 0) {
      return Promise.resolve({ kind: 'retryable', reason: 'cannot write' })
    }
    const appended = this.#pending.add(record)
    this.#wake()
    return appended
  }

  /**
   * Whether an append of that size would find room, as far as is known without asking; `true` for
   * a log that makes room itself. After `false`, {@link onRoom} tells when to ask again.
   *
   * @param bytes of the payload
   */
  hasRoom(bytes: number): boolean {
    if (this.#closed) return false
    const hasRoom = this.#gate.hasRoom(bytes + headerBytes, this.#pending.bytes)
    return hasRoom || (this.#options.whenFull === 'drop_oldest' && !this.#gate.isFailing)
  }

  /** Calls back when room was freed or writing works again; the returned function ends that. */
  onRoom(callback: () => void): () => void {
    return this.#gate.onRoom(callback)
  }

  /** Nobody needs this record any more; in any order, and more than once. */
  acknowledge(sequence: number): void {
    const segment = this.#closed ? undefined : this.#segments.find(sequence)
    if (!segment) return
    if (this.#segments.change(segment, () => segment.acknowledge(sequence))) this.#settled(segment)
  }

  /** Nobody needs any record before this one. */
  acknowledgeBelow(sequence: number): void {
    if (this.#closed) return
    for (const segment of [...this.#segments.before(sequence)]) {
      this.#segments.change(segment, () => segment.acknowledgeBelow(sequence))
      this.#settled(segment)
    }
  }

  /**
   * Resolves when all that was appended so far would survive a power loss. Rejects when that is not
   * certain, which stays so until the records in question are acknowledged.
   */
  async sync(): Promise<void> {
    await this.#pending.last
    const synced = Promise.withResolvers<void>()
    this.#syncing.push(synced)
    this.#syncDue = true
    this.#wake()
    return synced.promise
  }

  /** @param position the first sequence of interest */
  reader(position = 0): LogReader {
    const { files, directory } = this.#options
    const segments = () => this.#segments.all
    const [onDamage, onUnreadable] = [this.#losses.damaged, this.#onUnreadable]
    return new LogReader({ files, directory, segments, onDamage, onUnreadable }, position)
  }

  /** Calls back after every commit; the returned function ends that. */
  onCommit(callback: () => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  status(): LogStatus {
    const { bytes, records, items, heldBytes } = this.#segments.held
    return {
      segments: this.#segments.all.length,
      bytes,
      heldRecords: records,
      heldItems: items,
      heldBytes,
      oldestMs: this.#segments.oldestHeld?.oldestMs,
      nextSequence: this.nextSequence,
      damagedRecords: this.#losses.damagedRecords,
      quarantinedBytes: this.#quarantine.bytes,
      dropped: this.#drops.records,
      droppedItems: this.#drops.items,
      failedReads: this.#failedReads,
      failedWrites: this.#failedWrites,
      failedCheckpoints: this.#releasing.failedCheckpoints,
    }
  }

  /** Writes what is pending, syncs, and releases what is acknowledged; deletes nothing else. */
  async close(): Promise<void> {
    this.#closed = true
    this.#blocked = false
    this.#lookThrough?.end()
    await this.explored
    await this.#idle()
    this.#releaseDue = true
    this.#checkpointDue = true
    this.#wake()
    await this.#idle()
    this.#timers.end()
    await this.verified
    this.#gate.close()
    this.#pending.refuse('closed')
    await this.#writer.seal().catch(() => this.#failedWrites++)
    this.#budget.use(-this.#segments.held.bytes - this.#quarantine.bytes)
  }

  async #idle(): Promise<void> {
    while (this.#work) await this.#work
  }

  #wake = (): void => {
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined
      if (this.#hasWork()) this.#wake()
    })
  }

  get #canCommit(): boolean {
    return this.#blocked ? this.#pending.vitalSize > 0 : this.#pending.size > 0
  }

  #hasWork(): boolean {
    const isDue =
      this.#unreadable.length > 0 ||
      this.#releaseDue ||
      this.#syncDue ||
      this.#ageDue ||
      this.#checkpointDue
    return isDue || this.#canCommit
  }

  /** The only place that changes files, one step after the other. */
  async #run(): Promise<void> {
    while (this.#hasWork()) {
      if (this.#unreadable.length > 0) await this.#takeAway()
      else if (this.#releaseDue) await this.#release()
      else if (this.#syncDue) await this.#sync()
      else if (this.#ageDue) await this.#dropAged()
      else if (this.#canCommit) await this.#commit()
      else await this.#checkpoint()
    }
  }

  async #commit(): Promise<void> {
    await this.#budget.look()
    const group = this.#pending.take(this.#gate.room(), this.#options.segmentBytes)
    if (group.length === 0) return this.#full()
    try {
      const first = await this.#writer.write(group.map((it) => it.record))
      for (const [at, { resolve }] of group.entries()) {
        resolve({ kind: 'appended', sequence: first + at })
      }
      for (const callback of this.#listeners) callback()
      this.#gate.worked()
      this.#syncLater()
      this.#ageLater()
    } catch (cause) {
      this.#fail(cause)
      for (const { resolve } of group) resolve({ kind: 'retryable', reason: String(cause) })
    }
  }

  /** A record goes through alone, as the attempt that ends the refusals; the others are refused. */
  #fail(cause: unknown): void {
    this.#failedWrites++
    this.#gate.failed()
    this.#pending.refuse(`cannot write: ${cause}`)
  }

  async #full(): Promise<void> {
    const active = this.#writer.active
    if (active?.complete && active.endBytes > 0 && (await this.#release())) return
    const { whenFull } = this.#options
    const reason = this.#gate.room().records > 0 ? 'full' : 'too_many'
    if (whenFull === 'drop_oldest' && (await this.#dropOldest(reason))) return
    this.#gate.full(this.#pending.bytes)
    this.#pending.refuse('full', 'vital')
    if (whenFull !== 'block' || this.#closed) return this.#pending.refuse('full', 'ordinary')
    this.#blocked = true
    this.#timers.later('unblock', unblockDelayMs, () => this.#unblock())
  }

  #unblock(): void {
    this.#blocked = false
    this.#wake()
  }

  async #dropOldest(reason: DropReason): Promise<boolean> {
    const oldest = this.#segments.all.find((it) => it.endBytes > 0)
    if (!oldest) return false
    this.#losses.drop(oldest, reason)
    await this.#release()
    return oldest.released
  }

  /** Segments are also ended by age, so that records of one age go together. */
  async #dropAged(): Promise<void> {
    this.#ageDue = false
    const { maxAgeMs = 0, clock } = this.#options
    const oldestMs = clock.now() - maxAgeMs
    const { active } = this.#writer
    const isOld = (active?.oldestMs ?? Number.POSITIVE_INFINITY) < oldestMs + (maxAgeMs * 3) / 4
    if (isOld) await this.#writer.seal().catch(() => this.#failedWrites++)
    for (const it of this.#segments.all) {
      const { newestMs } = it.records
      if (it.sealed && !it.complete && newestMs > 0 && newestMs < oldestMs)
        this.#losses.drop(it, 'too_old')
    }
    await this.#release()
    this.#ageLater()
  }

  #ageLater(): void {
    const { maxAgeMs } = this.#options
    if (maxAgeMs === undefined || this.#segments.held.records === 0) return
    this.#timers.later('age', maxAgeMs / 8, () => {
      this.#ageDue = true
      this.#wake()
    })
  }

  /** Whether it succeeded; where not, it is tried again later. */
  async #release(): Promise<boolean> {
    this.#releaseDue = false
    this.#blocked = false
    try {
      await this.#releasing.run()
      return true
    } catch {
      this.#failedWrites++
      this.#timers.later('release', releaseDelayMs, () => this.#releaseNow())
      return false
    }
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
    else this.#timers.later('release', releaseDelayMs, () => this.#releaseNow())
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
    const waiting = this.#syncing.splice(0)
    try {
      await this.#writer.sync()
      const unsafe = this.#segments.all.some((it) => it.unsafe && !it.complete)
      if (unsafe) throw new Error('a sync failed, and what was written before it may not be safe')
      for (const { resolve } of waiting) resolve()
    } catch (cause) {
      this.#failedWrites++
      for (const { reject } of waiting) reject(cause)
    }
  }

  #look(found: readonly Segment[]): LookThrough {
    const { files, directory } = this.#options
    const [segments, timers, onDamage] = [this.#segments, this.#timers, this.#losses.damaged]
    const onSettled = (segment: Segment) => this.#settled(segment)
    return new LookThrough({ files, directory, segments, timers, onDamage, onSettled }, found)
  }

  #onUnreadable = async (segment: Segment, cause: unknown, position: number) => {
    this.#failedReads++
    const verdict = await patience(segment, cause, this.#timers)
    if (verdict !== 'lost' || this.#closed) return verdict !== 'closed'
    const isGone = Promise.withResolvers<boolean>()
    this.#unreadable.push({ segment, position, isGone })
    this.#wake()
    return (await isGone.promise) || this.#timers.pause(takeAwayDelayMs)
  }

  async #takeAway(): Promise<void> {
    for (const { segment, position, isGone } of this.#unreadable.splice(0)) {
      try {
        if (this.#segments.all.at(-1) === segment) await this.#writer.begin()
        if (!segment.released) await this.#losses.unreadable(segment, position)
      } catch {
        this.#failedWrites++
      }
      isGone.resolve(segment.released)
    }
  }
}
