import type { TelemetryBatch } from '../component/batch.ts'
import { type Delivery, delivered, type Outcome } from '../component/delivery.ts'
import type { Log } from '../component/log.ts'
import type { LogRecord, RecordBody } from '../component/record.ts'
import type { Scheduler } from '../component/scheduler.ts'
import type { IngestLog } from './ingest-log.ts'
import type { Intake, OnCommitted } from './intake.ts'
import type { LogClient, Watcher } from './log-client.ts'
import { noPipeline, type Plan } from './plan.ts'
import { type RequestsSeen, requestHash } from './requests-seen.ts'
import type { Telemetry } from './telemetry.ts'

export interface LoggedIntakeOptions {
  readonly log: IngestLog
  readonly client: LogClient
  readonly plan: () => Plan
  readonly seen: RequestsSeen | undefined
  readonly scheduler: Scheduler
  readonly telemetry: Telemetry
  readonly logger: Log
  readonly onCommitted: OnCommitted
}

/** What a client is told that finds the disk full; SDKs give up on long hints. */
const retryAfterMs = 1_000

/** Takes requests over by putting them into the log; what becomes of them is the log's client's. */
export class LoggedIntake implements Intake {
  readonly #options: LoggedIntakeOptions
  #isClosed = false
  #appending = 0
  /** Whether the newest request that was to be written could not be. */
  #isRefusing = false

  constructor(options: LoggedIntakeOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#appending
  }

  /** Settles as the receiver was told: at once, when it is committed, or when it has come to rest. */
  receive(receiver: string, delivery: Delivery, batch: TelemetryBatch): void {
    const { telemetry, plan, seen, log } = this.#options
    const { payload } = batch
    if (this.#isClosed) {
      return this.#refuse(receiver, delivery, 'shutting_down', retryable('shutting down'))
    }
    if (plan().trunks(receiver, batch.kind).length === 0) {
      return this.#refuse(receiver, delivery, 'no_pipeline', noPipeline(receiver, batch.kind))
    }
    const { acknowledge = 'durable' } = delivery
    const hash = seen && requestHash(receiver, payload)
    if (hash && acknowledge !== 'downstream' && seen?.find(hash, this.#now()) !== undefined) {
      telemetry.repeated('request')
      return delivery.settle(delivered)
    }
    if (acknowledge === 'memory' && !log.hasRoom(payload.sizeBytes)) {
      this.#writesNot('full')
      return this.#refuse(receiver, delivery, 'full', retryable(told('full')))
    }
    void this.#append(receiver, delivery, batch, hash)
    // Behind the append, which holds on to the memory that the receiver gives back here.
    if (acknowledge === 'memory') delivery.settle(delivered)
  }

  /** Puts a record into the log; resolves when it is folded, rejects when it cannot be kept. */
  async commit(body: RecordBody): Promise<LogRecord> {
    const folded = Promise.withResolvers<LogRecord>()
    const tooLate = () => folded.reject(new Error('it is kept, and takes effect at the next start'))
    await this.#keep(body, { folded: folded.resolve, settled: tooLate })
    return folded.promise
  }

  /** Looks the plan up each time; it keeps nothing of the one before. */
  use(): void {}

  /** Takes nothing over from here on. */
  close(): void {
    this.#isClosed = true
  }

  async #append(
    receiver: string,
    delivery: Delivery,
    { payload, leases }: TelemetryBatch,
    hash: Buffer | undefined,
  ): Promise<void> {
    const { acknowledge = 'durable' } = delivery
    const { log, client, seen } = this.#options
    const body: RecordBody = { kind: 'request', receiver, payload }
    this.#appending++
    const appended = await log.append(body, this.#now(), { leases, hash }, (offset) => {
      this.#options.onCommitted(delivery.settle, offset)
      if (hash) seen?.committed(hash, offset)
      if (acknowledge === 'downstream') client.watch(offset, { settled: delivery.settle })
      if (acknowledge === 'durable') delivery.settle(delivered)
    })
    this.#appending--
    if (appended.kind === 'appended') return this.#writes()
    const { kind, reason } = appended
    if (kind === 'retryable') this.#writesNot(reason)
    const outcome: Outcome = kind === 'permanent' ? { kind, reason } : retryable(told(reason))
    if (acknowledge !== 'memory') return this.#refuse(receiver, delivery, 'full', outcome)
    this.#options.telemetry.refused(receiver, 'lost')
    this.#options.logger.error(
      { receiver, items: payload.itemCount, reason },
      'a request that was acknowledged from memory could not be kept, and is lost',
    )
  }

  async #keep(body: RecordBody, watcher: Watcher): Promise<void> {
    const { log, client } = this.#options
    const appended = await log.append(body, this.#now(), { leases: [] }, (offset) => {
      client.watch(offset, watcher)
    })
    if (appended.kind === 'appended') return
    throw new Error(`the ${body.kind} cannot be kept: ${appended.reason}`)
  }

  #writes(): void {
    if (!this.#isRefusing) return
    this.#isRefusing = false
    this.#options.logger.info({}, 'requests are written to disk again')
  }

  #writesNot(reason: string): void {
    if (this.#isRefusing) return
    this.#isRefusing = true
    this.#options.logger.error({ reason }, 'requests are refused: they cannot be written to disk')
  }

  #refuse(receiver: string, delivery: Delivery, reason: string, outcome: Outcome): void {
    this.#options.telemetry.refused(receiver, reason)
    delivery.settle(outcome)
  }

  #now(): number {
    return Math.floor(this.#options.scheduler.now())
  }
}

/** What a client may know; the rest names paths of ours, and is in the log. */
function told(reason: string): string {
  return reason === 'full' ? 'the disk is full' : 'cannot write to disk'
}

function retryable(reason: string): Outcome {
  return { kind: 'retryable', reason, retryAfterMs }
}
