import type { TelemetryBatch } from '../component/batch.ts'
import { type Delivery, type Outcome, type Slots, worst } from '../component/delivery.ts'
import type { Scheduler } from '../component/scheduler.ts'
import { reserveAll } from './destinations.ts'
import type { Instances } from './instances.ts'
import type { Plan } from './plan.ts'
import { type Passage, runBefore } from './sequencer.ts'
import type { Telemetry } from './telemetry.ts'

/** A request that may take effect: mapped, with room in every destination. */
export interface Admitted {
  readonly receiver: string
  readonly delivery: Delivery
  readonly batch: TelemetryBatch
  readonly passages: readonly Passage[]
  readonly slots: Slots
  /** Outcomes of trunks in which the batch ended before any fold. */
  readonly ended: readonly Outcome[]
}

interface Waiting extends Omit<Admitted, 'slots'> {
  readonly cancel: () => void
}

/** How long a request waits for room before it is refused, in milliseconds. */
const admissionTimeoutMs = 2_000
/** What a refused client is told, unless the destination knows better: SDKs give up beyond 10 s. */
const retryAfterMs = 1_000

/**
 * Decides whether a request takes effect, before it is a record: maps that may refuse come first,
 * then room is reserved in all destinations. Those that find no room wait in line, briefly, a line
 * for each receiver and signal.
 */
export class Door {
  readonly #plan: Plan
  readonly #exporters: Instances['exporters']
  readonly #scheduler: Scheduler
  readonly #telemetry: Telemetry
  readonly #enter: (admitted: Admitted) => void
  readonly #lines = new Map<string, Waiting[]>()
  readonly #watched = new Map<string, () => void>()
  #closed = false
  #calling = false

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
    if (passages.length === 0) return delivery.settle(worst(ended))

    const key = `${batch.kind} ${receiver}`
    const line = this.#lines.get(key) ?? []
    this.#lines.set(key, line)
    const request = { receiver, delivery, batch, passages, ended }
    if (line.length === 0) {
      const refusal = this.#reserve(request)
      if (refusal === undefined) return
      if (this.#closed) return this.#refuse(receiver, delivery, 'full', refusal)
    }
    const waiting: Waiting = {
      ...request,
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

  /** Refuses all that wait, and from here on whatever finds no room. */
  close(): void {
    this.#closed = true
    for (const line of this.#lines.values()) {
      for (const waiting of line.splice(0)) {
        waiting.cancel()
        const outcome: Outcome = { kind: 'retryable', reason: 'shutting down', retryAfterMs }
        this.#refuse(waiting.receiver, waiting.delivery, 'shutting_down', outcome)
      }
    }
    for (const forget of this.#watched.values()) forget()
    this.#watched.clear()
  }

  /** Reserves everywhere and lets the request in, or says who refused and watches for its room. */
  #reserve(request: Omit<Admitted, 'slots'>): Outcome | undefined {
    const outputs = request.passages.flatMap(({ trunk, batch }) =>
      trunk.branches.map((branch) => ({ branch, batch })),
    )
    const reserved = reserveAll(outputs, this.#exporters)
    if (reserved.kind === 'refused') {
      this.#watch(reserved.exporter)
      return { retryAfterMs, ...reserved.refusal }
    }
    this.#enter({ ...request, slots: reserved.slots })
    return undefined
  }

  #watch(id: string): void {
    const exporter = this.#exporters.get(id)?.exporter
    if (this.#watched.has(id) || exporter?.onRoom === undefined) return
    const forget = exporter.onRoom(() => {
      this.#watched.delete(id)
      this.#callInSoon()
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
        if (this.#reserve(next) !== undefined) {
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
    const reason = 'sending queue is full'
    const outcome: Outcome = { kind: 'retryable', reason, retryAfterMs }
    this.#refuse(waiting.receiver, waiting.delivery, 'full', outcome)
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
