import { telemetryBatch } from '../component/batch.ts'
import type { Log } from '../component/log.ts'
import type { LogRecord, RequestBody } from '../component/record.ts'
import { encodeBatch } from '../component/stored-batch.ts'
import type { RequestWindow } from '../state/request-window.ts'
import { Bell } from './bell.ts'
import type { Reading } from './checkpoints.ts'
import type { EngineStorage, Environment } from './host.ts'
import { IngestLog, type Unreadable } from './ingest-log.ts'
import type { Instances } from './instances.ts'
import type { OnCommitted } from './intake.ts'
import { LogClient } from './log-client.ts'
import { LoggedIntake } from './logged-intake.ts'
import type { Outbox } from './outbox.ts'
import { Outstanding } from './outstanding.ts'
import type { Plan } from './plan.ts'
import { RequestsSeen } from './requests-seen.ts'
import type { Folded, Output, Sequencer } from './sequencer.ts'
import type { Streams } from './streams.ts'
import type { Telemetry } from './telemetry.ts'
import type { Turns } from './turns.ts'

export interface LoggedRequestsOptions {
  readonly requests: NonNullable<EngineStorage['requests']>
  readonly environment: Environment
  /** Offset of the first record that is not remembered. */
  readonly from: number
  readonly window: RequestWindow
  readonly plan: () => Plan
  readonly exporters: () => Instances['exporters']
  readonly sequencer: Sequencer
  readonly streams: Streams
  readonly outbox: Outbox
  readonly turns: Turns
  readonly telemetry: Telemetry
  readonly logger: Log
  readonly onCommitted: OnCommitted
  readonly onFolded: (folded: Folded) => void
  readonly onCaughtUp: () => void
}

/** Everything that stands between receivers and the folds where requests are kept. */
export interface LoggedRequests {
  readonly intake: LoggedIntake
  readonly client: LogClient
  readonly reading: Reading
}

/** Joins the ingest log, those who put into it and its one reader. */
export function loggedRequests(options: LoggedRequestsOptions): LoggedRequests {
  const { requests, environment, telemetry, logger } = options
  const { scheduler, memory } = environment
  const bell = new Bell()
  const outstanding = new Outstanding(bell)
  const seen = requests.windowMs > 0 ? new RequestsSeen(options.window) : undefined
  const burial = new Burial(requests.deadLetters, telemetry, logger, () => scheduler.now())
  const log = new IngestLog({
    log: requests.log,
    memory,
    from: options.from,
    onUnreadable: burial.unreadable,
  })
  void requests.log.explored.then(() => {
    const { damagedRecords: records } = requests.log.status()
    if (records > 0) logger.error({ records }, foundDamaged)
  })
  const client = new LogClient({
    ...options,
    log,
    outstanding,
    bell,
    scheduler,
    seen,
    onPermanent: burial.permanent,
    onRefused: burial.refused,
    onDefect: ({ offset }, cause) => {
      logger.error({ err: cause, offset }, 'the engine failed on a record; this is a defect')
    },
  })
  const intake = new LoggedIntake({ ...options, log, client, seen, scheduler })
  return { intake, client, reading: { log, outstanding, bell } }
}

const foundDamaged = 'damaged records were found in the ingest log and set aside; the rest is used'

/** Keeps what will never be taken where people can look at it. */
class Burial {
  readonly #letters: NonNullable<EngineStorage['requests']>['deadLetters']
  readonly #telemetry: Telemetry
  readonly #logger: Log
  readonly #now: () => number

  constructor(
    letters: NonNullable<EngineStorage['requests']>['deadLetters'],
    telemetry: Telemetry,
    logger: Log,
    now: () => number,
  ) {
    this.#letters = letters
    this.#telemetry = telemetry
    this.#logger = logger
    this.#now = now
  }

  permanent = async ({ branch, batch }: Output, reason: string): Promise<void> => {
    const pipeline = branch.pipeline.id
    this.#logger.error({ pipeline, reason }, 'a batch was refused for good and is a dead letter')
    const items = batch.kind === 'alerts' ? batch.alerts.length : batch.payload.itemCount
    const payload = Buffer.concat(encodeBatch(batch))
    await this.#keep({ reason: `${pipeline}: ${reason}`, payload, items })
  }

  refused = async (
    { offset, atMs, body }: LogRecord<RequestBody>,
    reason: string,
  ): Promise<void> => {
    const { receiver, payload } = body
    this.#telemetry.refused(receiver, 'after_commit')
    this.#logger.error(
      { receiver, items: payload.itemCount, reason },
      'a request that was acknowledged is refused for good and is a dead letter',
    )
    const origins = [{ offset, component: receiver, index: 0, atMs }]
    const batch = { ...telemetryBatch(payload), origins }
    const bytes = Buffer.concat(encodeBatch(batch))
    await this.#keep({ reason, payload: bytes, items: payload.itemCount })
  }

  unreadable = async ({ offset, bytes, cause }: Unreadable): Promise<void> => {
    this.#telemetry.unreadable()
    this.#logger.error({ offset, err: cause }, 'a record of the ingest log cannot be understood')
    await this.#keep({ reason: `record ${offset}: ${cause}`, payload: bytes, items: 0 })
  }

  async #keep(letter: { reason: string; payload: Uint8Array; items: number }): Promise<void> {
    const kept = await this.#letters.keep({ ...letter, receivedMs: Math.floor(this.#now()) })
    if (kept.kind === 'appended') return
    this.#telemetry.derivedDropped('log', 'dead_letter')
    this.#logger.error({ reason: kept.reason }, 'a dead letter could not be kept and is lost')
  }
}
