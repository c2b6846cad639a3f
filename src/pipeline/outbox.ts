import { type Outcome, shareSettle } from '../component/delivery.ts'
import type { Scheduler } from '../component/scheduler.ts'
import { releaseAll, reserveAll } from './destinations.ts'
import type { Instances } from './instances.ts'
import type { Output } from './sequencer.ts'
import type { Streams } from './streams.ts'
import type { Telemetry } from './telemetry.ts'

/** Derived batches that may wait for a destination or be on their way to it. */
const maxHeld = 1_000
const firstRetryMs = 1_000
const maxRetryMs = 30_000

interface Held {
  readonly output: Output
  /** Destinations that have it. */
  readonly done: Set<string>
  attempt: number
  gone: boolean
  /** Ends the wait for the next attempt, where there is one. */
  cancelWait: (() => void) | undefined
  /** Of what the log has: never given up, and told when it is taken or refused for good. */
  readonly settled: ((outcome: Outcome) => void) | undefined
}

const fresh = { attempt: 0, gone: false, cancelWait: undefined, settled: undefined }

/**
 * The engine as client of its own graph: what was derived has no sender who could retry, so it is
 * kept here, bounded, until every destination has taken it or refused it for good.
 */
export class Outbox {
  readonly #streams: Streams
  readonly #exporters: () => Instances['exporters']
  readonly #scheduler: Scheduler
  readonly #telemetry: Telemetry
  #draining = false
  readonly #held = new Set<Held>()
  readonly #idle: (() => void)[] = []

  constructor(
    streams: Streams,
    exporters: () => Instances['exporters'],
    scheduler: Scheduler,
    telemetry: Telemetry,
  ) {
    this.#streams = streams
    this.#exporters = exporters
    this.#scheduler = scheduler
    this.#telemetry = telemetry
  }

  /** Batches that no destination has settled yet. */
  get held(): number {
    return this.#held.size
  }

  send(output: Output): void {
    const held: Held = { ...fresh, output, done: new Set() }
    this.#held.add(held)
    // What is on its way may yet arrive: of those that wait the oldest goes, else the newest of all.
    if (this.#held.size > maxHeld) this.#giveUp(this.#oldestWaiting() ?? held, 'overflow')
    this.#try(held)
  }

  /**
   * Sends what the log has, now or after a while, until it is taken or refused for good.
   *
   * @param done destinations that have it; grows
   */
  keep(
    output: Output,
    done: Set<string>,
    delayMs: number,
    settled: (outcome: Outcome) => void,
  ): void {
    const held: Held = { ...fresh, output, done, settled }
    this.#held.add(held)
    if (delayMs === 0) this.#try(held)
    else if (this.#draining) this.#giveUp(held, 'shutdown')
    else this.#tryLater(held, delayMs)
  }

  /** One attempt, for a sender who keeps the batch himself. */
  attempt(
    outputs: readonly Output[],
    settle: (outcome: Outcome) => void,
    done?: Set<string>,
  ): void {
    const reserved = reserveAll(outputs, this.#exporters(), done)
    if (reserved.kind === 'refused') return settle(reserved.refusal)
    const { slots } = reserved
    const settles = shareSettle(outputs.length, (outcome) => {
      releaseAll(slots)
      settle(outcome)
    })
    for (const [at, { branch, batch }] of outputs.entries()) {
      const part = settles[at] ?? settle
      this.#streams.send(branch, { batch, slots, settle: part, ...(done ? { done } : {}) })
    }
  }

  /** Resolves when nothing is held; every waiting batch gets one more try at once. */
  drained(): Promise<void> {
    this.#draining = true
    for (const held of [...this.#held]) {
      if (held.cancelWait !== undefined) this.#try(held)
    }
    if (this.#held.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Gives up whatever is still held, and counts it. */
  abandon(): void {
    for (const held of [...this.#held]) this.#giveUp(held, 'shutdown')
  }

  #try(held: Held): void {
    held.cancelWait?.()
    held.cancelWait = undefined
    if (held.gone) return
    const settle = (outcome: Outcome) => this.#settled(held, outcome)
    this.attempt([held.output], settle, held.done)
  }

  #settled(held: Held, outcome: Outcome): void {
    if (held.gone) return
    if (outcome.kind !== 'retryable' && held.settled !== undefined) {
      this.#forget(held)
      return held.settled(outcome)
    }
    if (outcome.kind === 'delivered') return this.#forget(held)
    if (outcome.kind === 'permanent') return this.#giveUp(held, 'permanent')
    if (this.#draining) return this.#giveUp(held, 'shutdown')
    const backoffMs = Math.min(maxRetryMs, firstRetryMs * 2 ** held.attempt++)
    this.#tryLater(held, Math.max(backoffMs, outcome.retryAfterMs ?? 0))
  }

  #tryLater(held: Held, delayMs: number): void {
    held.cancelWait = this.#scheduler.schedule(() => this.#try(held), delayMs)
  }

  #oldestWaiting(): Held | undefined {
    for (const held of this.#held) {
      if (held.cancelWait !== undefined && held.settled === undefined) return held
    }
    return undefined
  }

  /** What the log has is only let go of: a replay brings it back. */
  #giveUp(held: Held, reason: string): void {
    if (held.settled !== undefined) return this.#forget(held)
    const source = held.output.batch.origins[0]?.component ?? held.output.branch.pipeline.id
    this.#telemetry.derivedDropped(source, reason)
    this.#forget(held)
  }

  #forget(held: Held): void {
    held.gone = true
    held.cancelWait?.()
    this.#held.delete(held)
    if (this.#held.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }
}
