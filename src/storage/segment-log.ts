import { Budget } from './budget.ts'
import { Timers } from './clock.ts'
import { Commits } from './commits.ts'
import { Drops } from './drops.ts'
import { Gate } from './gate.ts'
import type { LogStatus, SegmentLogOptions } from './log-options.ts'
import type { LogParts } from './log-parts.ts'
import { LogReader, type ReadRecord } from './log-reader.ts'
import { LookThrough } from './look-through.ts'
import { Losses } from './losses.ts'
import type { NewRecord } from './new-record.ts'
import type { Appended } from './pending.ts'
import { Quarantine } from './quarantine.ts'
import { headerBytes } from './record.ts'
import { type Recovered, recover, skippedSequences } from './recovery.ts'
import { Release } from './release.ts'
import { Retention } from './retention.ts'
import { removeUnfinished } from './rewrite.ts'
import type { Segment } from './segment.ts'
import type { Damage } from './segment-cursor.ts'
import { SegmentWriter } from './segment-writer.ts'
import { Segments } from './segments.ts'
import { Steps } from './steps.ts'
import { Syncing } from './syncing.ts'
import { Unreadable } from './unreadable.ts'

/**
 * An append-only log of records in segment files. What `append` resolves to `appended` is read
 * back, in order, until it is acknowledged; a segment goes when all of it is.
 */
export class SegmentLog {
  readonly #parts: LogParts
  readonly #steps = new Steps()
  readonly #quarantine: Quarantine
  readonly #drops: Drops
  readonly #losses: Losses
  readonly #gate: Gate
  readonly #release: Release
  readonly #retention: Retention
  readonly #commits: Commits
  readonly #syncing: Syncing
  readonly #unreadable: Unreadable
  readonly #lookThrough: LookThrough
  readonly #listeners = new Set<() => void>()
  #closed = false

  /** Opens a directory; its older segments are looked through in the background. */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { files, directory, segmentBytes } = options
    await files.makeDirectory(directory)
    await removeUnfinished(files, directory)
    const quarantine = await Quarantine.open(files, directory, segmentBytes)
    const damages: (readonly [Segment, Damage])[] = []
    const found = await recover(files, directory, async (...damage) => {
      damages.push(damage)
    })
    const log = new SegmentLog(options, found, quarantine)
    for (const damage of damages) await log.#losses.damaged(...damage)
    log.#lookThrough.begin()
    return log
  }

  private constructor(options: SegmentLogOptions, found: Recovered, quarantine: Quarantine) {
    this.#parts = partsOf(options, found, this.#steps.wake)
    const { segments, budget } = this.#parts
    budget.use(quarantine.bytes)
    this.#quarantine = quarantine
    this.#drops = new Drops(options.onDropped)
    const onSettled = (segment: Segment) => this.#settled(segment)
    this.#losses = new Losses({ segments, quarantine, budget, drops: this.#drops, onSettled })
    this.#gate = new Gate(this.#parts)
    this.#release = new Release(this.#parts)
    this.#retention = new Retention(this.#parts, this.#losses, this.#release)
    this.#syncing = new Syncing(this.#parts, found.segments.at(-1))
    this.#unreadable = new Unreadable(this.#parts, this.#losses)
    this.#commits = new Commits(this.#parts, {
      gate: this.#gate,
      release: this.#release,
      retention: this.#retention,
      onCommit: () => this.#committed(),
    })
    this.#gate.onRoom(() => this.#commits.unblock())
    const { damaged: onDamage, missing: onMissing } = this.#losses
    const looking = { ...this.#parts, onDamage, onMissing, onSettled }
    this.#lookThrough = new LookThrough(looking, found.segments)
    const urgent = [this.#unreadable, this.#release, this.#syncing, this.#retention]
    for (const step of [...urgent, this.#commits, this.#release.checkpoint]) this.#steps.add(step)
    this.#retention.later()
  }

  /** Resolves when the segments found at start have been looked through. */
  get explored(): Promise<void> {
    return this.#lookThrough.explored
  }

  /** Resolves when their payloads have been checked too, slowly, or the log was closed. */
  get verified(): Promise<void> {
    return this.#lookThrough.verified
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The sequence that the next record gets. */
  get nextSequence(): number {
    return this.#parts.writer.nextSequence
  }

  /** The oldest that is not acknowledged. */
  get firstHeldSequence(): number | undefined {
    return this.#parts.segments.oldestHeld?.acknowledged.lowWater
  }

  /** Resolves once the record is as safe as the policy promises, or with why it is not. */
  append(record: NewRecord): Promise<Appended> {
    if (this.#closed) return Promise.resolve({ kind: 'retryable', reason: 'closed' })
    return this.#commits.append(record)
  }

  /**
   * Whether an append of that size would find room, as far as is known without asking; `true` for
   * a log that can make room itself. After `false`, {@link onRoom} tells when to ask again.
   *
   * @param bytes of the payload
   */
  hasRoom(bytes: number): boolean {
    if (this.#closed) return false
    const hasRoom = this.#gate.hasRoom(bytes + headerBytes, this.#commits.pendingBytes)
    const canDrop = this.#retention.canDropFor(bytes + headerBytes, false)
    return hasRoom || (canDrop && !this.#gate.isFailing)
  }

  /** Calls back when room was freed or writing works again; the returned function ends that. */
  onRoom(callback: () => void): () => void {
    return this.#gate.onRoom(callback)
  }

  /** A record of an older run is known once it was read; whether it was not known before. */
  know({ sequence, items, receivedMs, payload }: ReadRecord): boolean {
    const { segments } = this.#parts
    const segment = segments.find(sequence)
    if (!segment || segment.records.has(sequence - segment.name.base)) return false
    const sizeBytes = headerBytes + payload.length
    segments.change(segment, () => segment.know(sequence, { sizeBytes, items, receivedMs }))
    return true
  }

  /** Nobody needs this record any more; in any order, and more than once. */
  acknowledge(sequence: number): void {
    const { segments } = this.#parts
    const segment = this.#closed ? undefined : segments.find(sequence)
    if (!segment) return
    if (segments.change(segment, () => segment.acknowledge(sequence))) this.#settled(segment)
  }

  /** Nobody needs any record before this one. */
  acknowledgeBelow(sequence: number): void {
    if (this.#closed) return
    const { segments } = this.#parts
    for (const segment of [...segments.before(sequence)]) {
      segments.change(segment, () => segment.acknowledgeBelow(sequence))
      this.#settled(segment)
    }
  }

  /** Drops its oldest segment, counted, to make room for another log; whether there was one. */
  async dropOldest(): Promise<boolean> {
    return this.#closed ? false : this.#retention.askedForRoom()
  }

  /**
   * Resolves when all that was appended so far would survive a power loss. Rejects when that is not
   * certain, until they could be written again or the records in question are acknowledged.
   */
  async sync(): Promise<void> {
    await this.#commits.last
    await this.#syncing.now()
  }

  /** @param position the first sequence of interest */
  reader(position = 0): LogReader {
    const { options, segments } = this.#parts
    const { files, directory } = options
    const [onDamage, onUnreadable] = [this.#losses.damaged, this.#unreadable.found]
    const all = () => segments.all
    return new LogReader({ files, directory, segments: all, onDamage, onUnreadable }, position)
  }

  /** Calls back after every commit; the returned function ends that. */
  onCommit(callback: () => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  status(): LogStatus {
    const { segments, failures } = this.#parts
    const { bytes, records, items, heldBytes } = segments.held
    return {
      segments: segments.all.length,
      bytes,
      heldRecords: records,
      heldItems: items,
      heldBytes,
      oldestMs: segments.oldestHeld?.oldestMs,
      nextSequence: this.nextSequence,
      damagedRecords: this.#losses.damagedRecords,
      quarantinedBytes: this.#quarantine.bytes,
      dropped: this.#drops.records,
      droppedItems: this.#drops.items,
      failedReads: failures.reads,
      failedWrites: failures.writes,
      failedCheckpoints: failures.checkpoints,
    }
  }

  /** Writes what is pending, syncs, and releases what is acknowledged; deletes nothing else. */
  async close(): Promise<void> {
    const { timers, writer, segments, budget, failures } = this.#parts
    this.#closed = true
    this.#commits.close()
    this.#lookThrough.end()
    await this.explored
    await this.#steps.idle()
    this.#release.finish()
    await this.#steps.idle()
    timers.end()
    await this.verified
    this.#gate.close()
    await writer.seal().catch(() => failures.writes++)
    budget.use(-segments.held.bytes - this.#quarantine.bytes)
  }

  #committed(): void {
    for (const callback of this.#listeners) callback()
    this.#syncing.later()
    this.#retention.later()
  }

  #settled(segment: Segment): void {
    this.#release.settled(segment, this.#commits.isBlocked)
  }
}

function partsOf(options: SegmentLogOptions, found: Recovered, wake: () => void): LogParts {
  const { sync, clock } = options
  const budget = options.budget ?? new Budget(options)
  const segments = new Segments(budget)
  for (const segment of found.segments) segments.add(segment)
  const syncsGroups = sync.kind === 'always'
  const skipped = syncsGroups || found.segments.length === 0 ? 0 : skippedSequences
  const writing = { ...options, syncsGroups, segments }
  const writer = new SegmentWriter(writing, found.nextSequence + skipped, found.nextNumber)
  const failures = { reads: 0, writes: 0, checkpoints: 0 }
  return { options, budget, segments, writer, timers: new Timers(clock), failures, wake }
}
