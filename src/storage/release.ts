import { join } from 'node:path'
import { writeCheckpoint } from './checkpoint.ts'
import type { LogParts } from './log-parts.ts'
import { type Segment, segmentFile } from './segment.ts'
import type { Step } from './steps.ts'

const delayMs = 1000

/** Lets go of what is acknowledged: the checkpoint first, then the files. */
export class Release implements Step {
  readonly #parts: LogParts
  #isDue = false
  #isCheckpointDue = false

  constructor(parts: LogParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    return this.#isDue
  }

  /** Writes down what was settled; nothing hurries. */
  get checkpoint(): Step {
    const isDue = () => this.#isCheckpointDue
    return {
      get isDue() {
        return isDue()
      },
      run: () => this.#checkpoint(),
    }
  }

  /**
   * Told that something in a segment is settled.
   *
   * @param isUrgent somebody waits for the room
   */
  settled(segment: Segment, isUrgent: boolean): void {
    const { timers, wake } = this.#parts
    timers.later('checkpoint', delayMs, () => {
      this.#isCheckpointDue = true
      wake()
    })
    if (!segment.complete) return
    if (segment.sealed || isUrgent) this.#soon()
    else timers.later('release', delayMs, () => this.#soon())
  }

  /** Everything is due. */
  finish(): void {
    this.#isCheckpointDue = true
    this.#soon()
  }

  async run(): Promise<void> {
    await this.now()
  }

  /** Whether it succeeded; where not, it is tried again later. */
  async now(): Promise<boolean> {
    this.#isDue = false
    try {
      await this.#unlinkComplete()
      return true
    } catch {
      this.#parts.failures.writes++
      this.#parts.timers.later('release', delayMs, () => this.#soon())
      return false
    }
  }

  #soon(): void {
    this.#isDue = true
    this.#parts.wake()
  }

  /**
   * Unlinks what nobody needs. The newest file stays, for its name carries the next sequence: when
   * it is complete too, an empty one takes its place. On a full volume that may take room which
   * only the older ones can give.
   */
  async #unlinkComplete(): Promise<void> {
    const { segments, writer } = this.#parts
    if (!segments.all.some((it) => it.complete && it.endBytes > 0)) return
    const newest = segments.all.at(-1)
    const isNewNeeded = newest?.complete === true && newest.endBytes > 0
    const begun = isNewNeeded ? writer.begin() : Promise.resolve()
    await begun.catch(() => undefined)
    const older = segments.all.slice(0, -1)
    const sealed = older.filter((it) => it.complete && it.sealed)
    await this.#checkpoint()
    for (const segment of sealed) await this.#unlink(segment)
    await begun
  }

  /** Before any unlink; where it cannot be written, what was settled may be delivered again. */
  async #checkpoint(): Promise<void> {
    this.#isCheckpointDue = false
    const { options, segments, writer, failures } = this.#parts
    try {
      await writeCheckpoint(options.files, options.directory, writer.nextSequence, segments.all)
    } catch {
      failures.checkpoints++
    }
  }

  async #unlink(segment: Segment): Promise<void> {
    const { options, segments } = this.#parts
    await options.files.unlink(join(options.directory, segmentFile(segment.name)))
    segments.remove(segment)
  }
}
