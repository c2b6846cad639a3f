import type { Exporter } from '../component/factory.ts'
import type { Log } from '../component/log.ts'
import { type Scheduler, wait } from '../component/scheduler.ts'
import type { Snapshots } from '../storage/snapshots.ts'
import type { Bell } from './bell.ts'
import type { IngestLog } from './ingest-log.ts'
import { type Contributor, imageOf, type Memory } from './memory-image.ts'
import type { Outstanding } from './outstanding.ts'
import type { Telemetry } from './telemetry.ts'
import type { Turns } from './turns.ts'

/** What has to come to rest before a record is not needed any more. */
export interface Reading {
  readonly log: IngestLog
  readonly outstanding: Outstanding
  /** Rung when records come to rest. */
  readonly bell: Bell
}

export interface CheckpointsOptions {
  readonly memory: Memory
  readonly snapshots: Snapshots
  readonly scheduler: Scheduler
  readonly turns: Turns
  /** All that may hold what came out of records, those that a reload is replacing included. */
  readonly exporters: () => Iterable<Exporter>
  readonly telemetry: Telemetry
  readonly log: Log
  /** Absent where no requests are kept. */
  readonly reading: Reading | undefined
  /** Where that log is to be read on from once they are kept again. */
  readonly logOffset: number
}

const intervalMs = 1_000
/** Large images are written less often, so that writing them takes no more than this. */
const bytesPerSecond = 8 * 2 ** 20
/** How often what is still under way is asked to be made safe. */
const persistIntervalMs = 1_000

/**
 * Writes down what is remembered, at most once a second and only when something has changed. With
 * requests kept, an image is written once everything that came out of the records in it is safe,
 * and then the log lets go of what the image before this one stands for: either can be lost.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  #who: Contributor
  #writtenOffset: number
  /** What both images stand for. */
  #releasedOffset = -1
  #cancel: (() => void) | undefined
  #taking: Promise<void> | undefined
  #delayMs = intervalMs
  #isStopped = false

  /** @param writtenOffset of the image on disk */
  constructor(options: CheckpointsOptions, who: Contributor, writtenOffset: number) {
    this.#options = options
    this.#who = who
    this.#writtenOffset = writtenOffset
  }

  get who(): Contributor {
    return this.#who
  }

  /** A record was folded: an image is due before long. */
  changed(): void {
    if (this.#cancel !== undefined || this.#taking !== undefined || this.#isStopped) return
    this.#cancel = this.#options.scheduler.schedule(() => {
      this.#cancel = undefined
      void this.take()
    }, this.#delayMs)
  }

  /** What the records are folded with from here on; takes an image, so that it is known when. */
  async begin(who: Contributor): Promise<void> {
    this.#who = who
    await this.take()
  }

  /** Writes an image now, behind one that is being written. Never rejects. */
  async take(): Promise<void> {
    if (!this.#isStopped) await this.#inTurn()
  }

  async #inTurn(): Promise<void> {
    while (this.#taking !== undefined) await this.#taking
    this.#taking = this.#take().finally(() => {
      this.#taking = undefined
      if (this.#options.memory.sequencer.nextOffset !== this.#writtenOffset) this.changed()
      else if (this.#holdsOn) this.changed()
    })
    await this.#taking
  }

  /** The last image; nothing is folded any more. */
  async stop(): Promise<void> {
    this.abort()
    await this.#inTurn()
    if (this.#holdsOn) await this.#inTurn()
  }

  /** Whether the log still has what only the older image needs: it is written once more. */
  get #holdsOn(): boolean {
    return this.#options.reading !== undefined && this.#releasedOffset !== this.#writtenOffset
  }

  /** No more images. */
  abort(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.#options.reading?.bell.ring()
  }

  async #take(): Promise<void> {
    const { snapshots, telemetry, log, reading, logOffset } = this.#options
    const { epoch } = this.#who
    try {
      const { payload, offset } = await this.#image()
      if (!(await this.#isSafe(offset))) return
      await snapshots.write({ epoch, offsets: [reading ? offset : logOffset], payload })
      this.#releasedOffset = Math.min(this.#writtenOffset, offset)
      reading?.log.releaseBelow(this.#releasedOffset)
      this.#writtenOffset = offset
      this.#delayMs = Math.max(intervalMs, (payload.length / bytesPerSecond) * 1_000)
      telemetry.snapshotWritten()
    } catch (cause) {
      telemetry.snapshotFailed()
      log.error({ err: cause }, 'cannot write a snapshot; the one before stays')
    }
  }

  #image(): Promise<{ readonly payload: Uint8Array; readonly offset: number }> {
    const { memory, scheduler, turns } = this.#options
    return turns.pause(async () => {
      const offset = memory.sequencer.nextOffset
      const slices = imageOf(memory, this.#who)
      for (let slice = slices.next(); ; slice = slices.next()) {
        if (slice.done) return { payload: slice.value, offset }
        if (!this.#isStopped) await wait(scheduler, 0)
      }
    })
  }

  /**
   * Whether everything that came out of the records below an offset is safe: at rest, and then
   * made so once more, since what came to rest last may lie in a queue that was not synced.
   */
  async #isSafe(offset: number): Promise<boolean> {
    const { reading, scheduler } = this.#options
    if (reading === undefined) return true
    const { outstanding, bell } = reading
    for (;;) {
      const isAtRest = outstanding.isSettledBelow(offset)
      await this.#persist()
      if (isAtRest) return true
      if (outstanding.isSettledBelow(offset)) continue
      if (this.#isStopped) return false
      const cancel = scheduler.schedule(bell.ring, persistIntervalMs)
      await bell.rung
      cancel()
    }
  }

  async #persist(): Promise<void> {
    await Promise.all([...this.#options.exporters()].map((it) => it.persist?.()))
  }
}
