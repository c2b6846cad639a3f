import type { TelemetryBatch } from '../component/batch.ts'
import { type Delivery, type Outcome, shareSettle } from '../component/delivery.ts'
import type { LogRecord, RecordBody } from '../component/record.ts'
import type { Scheduler } from '../component/scheduler.ts'
import { releaseAll } from './destinations.ts'
import { type Admitted, Door, joined } from './door.ts'
import type { Instances } from './instances.ts'
import type { Intake, OnCommitted } from './intake.ts'
import type { Plan } from './plan.ts'
import type { Folded, Sequencer } from './sequencer.ts'
import type { Streams } from './streams.ts'
import type { Telemetry } from './telemetry.ts'
import type { Turns } from './turns.ts'

export interface DirectIntakeOptions {
  readonly plan: Plan
  readonly exporters: Instances['exporters']
  readonly sequencer: Sequencer
  readonly streams: Streams
  readonly turns: Turns
  readonly scheduler: Scheduler
  readonly telemetry: Telemetry
  readonly onCommitted: OnCommitted
  readonly onFolded: (folded: Folded) => void
  readonly onDefect: (component: string, cause: unknown) => void
}

/** Lets requests take effect at once, where none are kept: their clients keep them meanwhile. */
export class DirectIntake implements Intake {
  readonly #options: DirectIntakeOptions
  readonly #door: Door
  #plan: Plan

  constructor(options: DirectIntakeOptions) {
    const { plan, exporters, scheduler, telemetry, turns } = options
    this.#options = options
    this.#plan = plan
    this.#door = new Door(plan, exporters, scheduler, telemetry, (admitted) =>
      turns.take(() => this.#enter(admitted)),
    )
  }

  get waiting(): number {
    return this.#door.waiting
  }

  receive(receiver: string, delivery: Delivery, batch: TelemetryBatch): void {
    this.#door.knock(receiver, delivery, batch)
  }

  commit(body: RecordBody): Promise<LogRecord> {
    const { turns, sequencer, onFolded } = this.#options
    return new Promise((resolve) => {
      turns.take(() => {
        const folded = sequencer.commit(body, this.#now())
        resolve(folded.record)
        onFolded(folded)
      })
    })
  }

  use(plan: Plan, exporters: Instances['exporters']): void {
    this.#plan = plan
    this.#door.use(plan, exporters)
  }

  close(): void {
    this.#door.close()
  }

  /** A throw here is a defect of ours: it costs this request, not the process. */
  #enter(admitted: Admitted): void {
    if (admitted.plan !== this.#plan) {
      releaseAll(admitted.slots)
      return this.#door.knock(admitted.receiver, admitted.delivery, admitted.batch)
    }
    try {
      this.#takeEffect(admitted)
    } catch (cause) {
      this.#options.onDefect(admitted.receiver, cause)
      releaseAll(admitted.slots)
      admitted.delivery.settle({ kind: 'permanent', reason: 'internal error' })
    }
  }

  #takeEffect({ receiver, delivery, batch, passages, slots, ended }: Admitted): void {
    const { sequencer, streams, telemetry, onCommitted, onFolded } = this.#options
    const { payload } = batch
    const body: RecordBody = { kind: 'request', receiver, payload }
    const folded = sequencer.commit(body, this.#now(), passages)
    const { outputs } = folded
    onCommitted(delivery.settle, folded.record.offset)
    const settle = (outcome: Outcome) => {
      releaseAll(slots)
      delivery.settle(joined([...ended, ...folded.ended], outcome))
    }
    if (outputs.length === 0) settle({ kind: 'delivered' })
    const twice = () => telemetry.settledTwice(receiver)
    const settles = shareSettle(outputs.length, settle, twice)
    const { acknowledge } = delivery
    const waits = acknowledge === 'downstream' ? { awaitsResult: true as const } : {}
    outputs.forEach(({ branch, batch: passing }, at) => {
      streams.send(branch, { batch: passing, settle: settles[at] ?? settle, slots, ...waits })
    })
    onFolded(folded)
  }

  #now(): number {
    return Math.floor(this.#options.scheduler.now())
  }
}
