import type { TelemetryBatch } from '../component/batch.ts'
import { type Delivery, type Outcome, type Slots, worst } from '../component/delivery.ts'
import type { Scheduler } from '../component/scheduler.ts'
import { reserveAll } from './destinations.ts'
import type { Instances } from './instances.ts'
import { noPipeline, type Plan } from './plan.ts'
import { type Passage, runBefore } from './sequencer.ts'
import type { Telemetry } from './telemetry.ts'

/** A request that may take effect: mapped, with room in every destination. */
export interface Admitted {
  /** The plan that it was admitted for. */
  readonly plan: Plan
  readonly receiver: string
  readonly delivery: Delivery
  readonly batch: TelemetryBatch
  readonly passages: readonly Passage[]
  readonly slots: Slots
  /** Outcomes of trunks in which the batch ended before any fold. */
  readonly ended: readonly Outcome[]
}

/** Who had no room, and what that means for the client. */
interface Refused {
  readonly exporter: string
  readonly outcome: Outcome
}

interface Waiting extends Omit<Admitted, 'slots'> {
  readonly cancel: () => void
  /** The last refusal; none yet for whoever only stands behind others. */
  refused: Refused | undefined
}

/** How long a request waits for room before it is refused, in milliseconds. */
const admissionTimeoutMs = 2_000
/** What a refused client is told, unless the destination knows better: SDKs give up beyond 10 s. */
const retryAfterMs = 1_000
const busy: Outcome = { kind: 'retryable', reason: 'others wait for room', retryAfterMs }
const shuttingDown: Outcome = { kind: 'retryable', reason: 'shutting down', retryAfterMs }

/**
 * Decides whether a request takes effect, before it is a record: maps that may refuse come first,
 * then room is reserved in all destinations. Those that find no room wait in line, briefly, a line
 * for each receiver and signal.
 */
export class Door {
  #plan: Plan
  #exporters: Instances['exporters']
  readonly #scheduler: Scheduler
  readonly #telemetry: Telemetry
  readonly #enter: (admitted: Admitted) => void
  readonly #lines = new Map<string, Waiting[]>()
  readonly #watched = new Map<string, () => void>()
  #closed = false
  #calling = false
  #isReserving = false

  constructor(
    plan: Plan,
    exporters: Instances['exporters'],
    scheduler: Scheduler,
    telemetry: Telemetry,
    enter: (admitted: Admitted) => void,
  ) {
    this.#plan = plan
    this.#exporters = exporters
    this.#scheduler = scheduler
    this.#telemetry = telemetry
    this.#enter = enter
  }

  /** Lets a request in now or when there is room, or settles it. */
  knock(receiver: string, delivery: Delivery, batch: TelemetryBatch): void {
    const passages: Passage[] = []
    const ended: Outcome[] = []
    for (const trunk of this.#plan.trunks(receiver, batch.kind)) {
      const passed = runBefore(trunk, batch, this.#telemetry)
      if ('origins' in passed) passages.push({ trunk, batch: passed })
      else ended.push(passed)
    }
    const refused = ended.find((it) => it.kind === 'retryable')
    if (refused !== undefined) return this.#refuse(receiver, delivery, 'processor', refused)
    if (passages.length + ended.length === 0) {
      return this.#refuse(receiver, delivery, 'no_pipeline', noPipeline(receiver, batch.kind))
    }
    if (passages.length === 0) return delivery.settle(worst(ended))

    const key = `${batch.kind} ${receiver}`
    const line = this.#lines.get(key) ?? []
    this.#lines.set(key, line)
    const request = { plan: this.#plan, receiver, delivery, batch, passages, ended }
    let turnedAway: Refused | undefined
    if (line.length === 0) {
      turnedAway = this.#reserve(request)
      if (turnedAway === undefined) return
    }
    if (this.#closed) return this.#refuse(receiver, delivery, 'shutting_down', shuttingDown)
    const waiting: Waiting = {
      ...request,
      refused: turnedAway,
      cancel: this.#scheduler.schedule(() => this.#tired(line, waiting), admissionTimeoutMs),
    }
    line.push(waiting)
  }

  /** Requests that wait for room. */
  get waiting(): number {
    let sum = 0
    for (const line of this.#lines.values()) sum += line.length
    return sum
  }

  /** Lets in by another plan from here on; those who wait knock again. */
  use(plan: Plan, exporters: Instances['exporters']): void {
    this.#plan = plan
    this.#exporters = exporters
    this.#forgetRooms()
    const waiting = [...this.#lines.values()].flatMap((line) => line.splice(0))
    for (const { cancel, receiver, delivery, batch } of waiting) {
      cancel()
      this.knock(receiver, delivery, batch)
    }
  }

  /** Refuses all that wait, and from here on whatever finds no room. */
  close(): void {
    this.#closed = true
    for (const line of this.#lines.values()) {
      for (const waiting of line.splice(0)) {
        waiting.cancel()
        this.#refuse(waiting.receiver, waiting.delivery, 'shutting_down', shuttingDown)
      }
    }
    this.#forgetRooms()
  }

  #forgetRooms(): void {
    for (const forget of this.#watched.values()) forget()
    this.#watched.clear()
  }

  /** Reserves everywhere and lets the request in, or says who refused and watches for its room. */
  #reserve(request: Omit<Admitted, 'slots'>): Refused | undefined {
    const outputs = request.passages.flatMap(({ trunk, batch }) =>
      trunk.branches.map((branch) => ({ branch, batch })),
    )
    this.#isReserving = true
    const reserved = reserveAll(outputs, this.#exporters)
    this.#isReserving = false
    if (reserved.kind === 'refused') {
      this.#watch(reserved.exporter)
      return { exporter: reserved.exporter, outcome: { retryAfterMs, ...reserved.refusal } }
    }
    this.#enter({ ...request, slots: reserved.slots })
    return undefined
  }

  #watch(id: string): void {
    const exporter = this.#exporters.get(id)?.exporter
    if (this.#watched.has(id) || exporter?.onRoom === undefined) return
    const forget = exporter.onRoom(() => {
      this.#watched.delete(id)
      // Room that our own attempt has just given back is no news: to act on it would never end.
      if (this.#isReserving) this.#watch(id)
      else this.#callInSoon()
    })
    this.#watched.set(id, forget)
  }

  /** Room often comes free while another request is being handed on; that one goes first. */
  #callInSoon(): void {
    if (this.#calling) return
    this.#calling = true
    queueMicrotask(() => {
      this.#calling = false
      this.#callIn()
    })
  }

  #callIn(): void {
    for (const line of this.#lines.values()) {
      for (let next = line.shift(); next !== undefined; next = line.shift()) {
        const refused = this.#reserve(next)
        if (refused !== undefined) {
          next.refused = refused
          line.unshift(next)
          break
        }
        next.cancel()
      }
    }
  }

  #tired(line: Waiting[], waiting: Waiting): void {
    const at = line.indexOf(waiting)
    if (at < 0) return
    line.splice(at, 1)
    const { refused, batch } = waiting
    if (refused !== undefined) this.#exporters.get(refused.exporter)?.exporter.refused?.(batch)
    this.#refuse(waiting.receiver, waiting.delivery, 'full', refused?.outcome ?? busy)
    // Who came behind may need less.
    if (at === 0) this.#callInSoon()
  }

  #refuse(receiver: string, delivery: Delivery, reason: string, outcome: Outcome): void {
    this.#telemetry.refused(receiver, reason)
    delivery.settle(outcome)
  }
}

/** The outcome of a request from the parts that ended early and those that went through. */
export function joined(ended: readonly Outcome[], whole: Outcome): Outcome {
  return ended.length === 0 ? whole : worst([...ended, whole])
}
