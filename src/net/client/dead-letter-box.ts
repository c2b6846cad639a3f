import { type Batch, itemCount } from '../../component/batch.ts'
import { wait } from '../../component/scheduler.ts'
import type { Settings } from '../../component/settings.ts'
import { encodeBatch } from '../../component/stored-batch.ts'
import type { DeadLetter, DeadLetters } from '../../storage/dead-letters.ts'
import type { LogRecord } from '../../storage/log-reader.ts'
import type { DropReason, Response } from './answer.ts'
import { deathNote } from './death-note.ts'

/** Why a batch can never be delivered as it is. */
export interface Death extends Response {
  readonly reason: DropReason
  readonly error: string
  readonly attempts: number
}

const retryMs = 1000

/**
 * Puts what can never be delivered where people find it. Until it is written nothing is forgotten:
 * where the disk fails it is tried again every second, until the queue stops.
 */
export class DeadLetterBox {
  readonly #settings: Pick<Settings, 'log' | 'scheduler'>
  readonly #open: () => Promise<DeadLetters>
  readonly #ended = new AbortController()
  #letters: DeadLetters | undefined

  constructor(settings: Pick<Settings, 'log' | 'scheduler'>, open: () => Promise<DeadLetters>) {
    this.#settings = settings
    this.#open = open
  }

  async open(): Promise<void> {
    this.#letters = await this.#open()
  }

  /** Missing before it is open. */
  get letters(): DeadLetters | undefined {
    return this.#letters
  }

  /** Letters that lie there. */
  get count(): number {
    return this.#letters?.log.status().heldRecords ?? 0
  }

  /** Whether it is safe, or can never be: `false` only when stopped meanwhile. */
  keep(batch: Batch, death: Death): Promise<boolean> {
    return this.#keep(encodeBatch(batch), itemCount(batch), death)
  }

  /** The same for a record that nobody can read. */
  bury({ payload, items }: LogRecord, cause: unknown): Promise<boolean> {
    const error = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
    return this.#keep(payload, items, { reason: 'damaged', error, attempts: 0 })
  }

  /** Tries nothing again from here on. */
  stop(): void {
    this.#ended.abort()
  }

  async #keep(payload: DeadLetter['payload'], items: number, death: Death): Promise<boolean> {
    const { log, scheduler } = this.#settings
    for (;;) {
      const receivedMs = Math.floor(scheduler.now())
      const letter = { reason: deathNote(death), payload, receivedMs, items }
      const kept = await this.#letters?.keep(letter)
      if (kept?.kind === 'appended') return true
      const fields = { error: kept?.reason ?? 'not open', items }
      if (kept?.kind === 'permanent') {
        log.error(fields, 'A dead letter is larger than all of them may be, and is lost.')
        return true
      }
      log.warn(fields, 'A dead letter cannot be written for now.')
      if (this.#ended.signal.aborted) return false
      await wait(scheduler, retryMs, this.#ended.signal)
    }
  }
}
