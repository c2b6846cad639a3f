import type { Gate } from './gate.ts'
import type { LogParts } from './log-parts.ts'
import { type NewRecord, sizeOf } from './new-record.ts'
import { type Appended, Pending } from './pending.ts'
import type { Release } from './release.ts'
import type { Retention } from './retention.ts'
import type { Step } from './steps.ts'

export interface CommitsOptions {
  readonly gate: Gate
  readonly release: Release
  readonly retention: Retention
  /** Told after every group that was written. */
  readonly onCommit: () => void
}

const unblockDelayMs = 1000

/** Writes what was appended, all that waits in one group, and does as configured when it is full. */
export class Commits implements Step {
  readonly #parts: LogParts
  readonly #its: CommitsOptions
  readonly #pending = new Pending()
  #isBlocked = false
  #isClosing = false

  constructor(parts: LogParts, its: CommitsOptions) {
    this.#parts = parts
    this.#its = its
  }

  get isDue(): boolean {
    return this.#isBlocked ? this.#pending.vitalSize > 0 : this.#pending.size > 0
  }

  /** Whether appends wait for room. */
  get isBlocked(): boolean {
    return this.#isBlocked
  }

  /** Of what waits to be written. */
  get pendingBytes(): number {
    return this.#pending.bytes
  }

  /** Resolves when what was appended last has its answer. */
  get last(): Promise<unknown> {
    return this.#pending.last
  }

  append(record: NewRecord): Promise<Appended> {
    const { options, budget, wake } = this.#parts
    const largestBytes = Math.min(options.maxBytes, budget.largestBytes(record.isVital === true))
    if (sizeOf(record) > largestBytes) {
      return Promise.resolve({ kind: 'permanent', reason: 'larger than the whole log' })
    }
    if (this.#its.gate.isFailing && this.#pending.size > 0) {
      return Promise.resolve({ kind: 'retryable', reason: 'cannot write' })
    }
    const appended = this.#pending.add(record)
    wake()
    return appended
  }

  /** There may be room again. */
  unblock(): void {
    if (!this.#isBlocked) return
    this.#isBlocked = false
    this.#parts.wake()
  }

  /** Nobody waits for room any more. */
  close(): void {
    this.#isClosing = true
    this.unblock()
  }

  async run(): Promise<void> {
    const { budget, options, writer } = this.#parts
    await budget.look()
    const group = this.#pending.take(this.#its.gate.room(), options.segmentBytes)
    if (group.length === 0) return this.#full()
    try {
      const first = await writer.write(group.map((it) => it.record))
      for (const [at, { resolve }] of group.entries()) {
        resolve({ kind: 'appended', sequence: first + at })
      }
      this.#its.gate.worked()
      this.#its.onCommit()
    } catch (cause) {
      this.#fail(cause)
      for (const { resolve } of group) resolve({ kind: 'retryable', reason: String(cause) })
    }
  }

  /** A record goes through alone, as the attempt that ends the refusals; the others are refused. */
  #fail(cause: unknown): void {
    this.#parts.failures.writes++
    this.#its.gate.failed()
    this.#pending.refuse(`cannot write: ${cause}`)
  }

  async #full(): Promise<void> {
    const { gate, release, retention } = this.#its
    const { options, writer, timers } = this.#parts
    const { active } = writer
    if (active?.complete && active.endBytes > 0 && (await release.now())) return
    const reason = gate.room().records > 0 ? 'full' : 'too_many'
    const first = this.#pending.first
    if (first && retention.canDropFor(sizeOf(first), first.isVital === true)) {
      if (await retention.dropOldest(reason)) return
      if (await retention.askOthers()) return
    }
    gate.full(this.#pending.leastBytes)
    this.#pending.refuse('full', 'vital')
    if (options.whenFull !== 'block' || this.#isClosing) {
      return this.#pending.refuse('full', 'ordinary')
    }
    this.#isBlocked = true
    timers.later('unblock', unblockDelayMs, () => this.unblock())
  }
}
