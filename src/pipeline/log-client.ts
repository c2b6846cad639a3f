import { batchId, type Lease } from '../component/batch.ts'
import { delivered, type Outcome, type Slots, shareSettle, worst } from '../component/delivery.ts'
import type { LogRecord, RequestBody } from '../component/record.ts'
import type { Scheduler } from '../component/scheduler.ts'
import type { Bell } from './bell.ts'
import { releaseAll, reserveAll, spilling } from './destinations.ts'
import type { Committed, IngestLog } from './ingest-log.ts'
import type { Instances } from './instances.ts'
import { runMap } from './map-stage.ts'
import type { Outbox } from './outbox.ts'
import type { Outstanding } from './outstanding.ts'
import { noPipeline, type Plan, type Trunk } from './plan.ts'
import { type RequestsSeen, requestHash } from './requests-seen.ts'
import type { Folded, Output, Passage, Sequencer } from './sequencer.ts'
import type { Streams } from './streams.ts'
import type { Telemetry } from './telemetry.ts'
import type { Turns } from './turns.ts'

/** Somebody who wants to know what becomes of a record. */
export interface Watcher {
  folded?(record: LogRecord): void
  /** All outputs have come to rest. */
  settled?(outcome: Outcome): void
}

export interface LogClientOptions {
  readonly log: IngestLog
  readonly plan: () => Plan
  readonly exporters: () => Instances['exporters']
  readonly streams: Streams
  readonly sequencer: Sequencer
  readonly outbox: Outbox
  readonly outstanding: Outstanding
  readonly turns: Turns
  /** Rung when room is freed or a record comes to rest. */
  readonly bell: Bell
  readonly scheduler: Scheduler
  readonly telemetry: Telemetry
  /** Absent where repeats are not looked for. */
  readonly seen: RequestsSeen | undefined
  /** Keeps what will never be taken, with the reason. */
  readonly onPermanent: (output: Output, reason: string) => Promise<void>
  /** Keeps a request that was acknowledged, and that no pipeline takes or lets pass. */
  readonly onRefused: (record: LogRecord<RequestBody>, reason: string) => Promise<void>
  readonly onFolded: (folded: Folded) => void
  /** Told once, when what was kept before the start has been folded. */
  readonly onCaughtUp: () => void
  readonly onDefect: (record: LogRecord, cause: unknown) => void
}

/** What may be under way behind the chain at one time. */
const maxOutstandingRecords = 1_000
const maxOutstandingBytes = 32 * 2 ** 20
/** How far the folds may lag behind while destinations that keep up are spared a write to disk. */
const maxLagMs = 1_000
/** How long to wait before asking again where nobody tells when there is room. */
const roomPollMs = 1_000
/** How long to wait before the first retry where a destination has not said. */
const retryMs = 1_000

/**
 * The client of the graph where requests are kept: folds the committed records in their order, one
 * at a time, and sends what comes out of them until every destination has taken it. It waits where
 * a client would be refused.
 */
export class LogClient {
  readonly #options: LogClientOptions
  readonly #watchers = new Map<number, Watcher>()
  /** Folded, with outputs that have not come to rest. */
  readonly #underWay = new Set<Committed>()
  #running: Promise<void> = Promise.resolve()
  #isCatchingUp = false
  #isStopped = false

  constructor(options: LogClientOptions) {
    this.#options = options
  }

  start(): void {
    this.#isCatchingUp = !this.#options.log.isRead
    this.#running = this.#run()
  }

  /** To be called before the record can be read. */
  watch(offset: number, watcher: Watcher): void {
    this.#watchers.set(offset, watcher)
  }

  /** Whether nothing that is committed waits to be folded, or for its outputs to come to rest. */
  get isAtRest(): boolean {
    const { log, outstanding } = this.#options
    return log.isRead && outstanding.records === 0 && !this.#isTaking
  }

  #isTaking = false

  /** Resolves once everything committed is at rest; rings are what it wakes at. */
  async drained(): Promise<void> {
    while (!this.isAtRest && !this.#isStopped) await this.#options.bell.rung
  }

  /** Folds no further record; resolves when the present one is folded, or given back. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#options.bell.ring()
    await this.#options.log.close()
    await this.#running
  }

  /** Lets go of what has not come to rest, and answers everybody who waits for it. */
  abandon(outcome: Outcome): void {
    for (const next of this.#underWay) next.release()
    this.#underWay.clear()
    for (const [offset, watcher] of [...this.#watchers]) {
      this.#watchers.delete(offset)
      watcher.settled?.(outcome)
    }
  }

  async #run(): Promise<void> {
    const { log, outstanding, bell } = this.#options
    for (let next = await log.next(); next !== undefined; next = await log.next()) {
      this.#isTaking = true
      while (!this.#isStopped && isFull(outstanding)) await bell.rung
      if (!this.#isStopped) await this.#guarded(next)
      else next.release()
      this.#isTaking = false
      if (this.#isCatchingUp && log.isRead) {
        this.#isCatchingUp = false
        this.#options.onCaughtUp()
      }
      bell.ring()
    }
  }

  /** A throw here is a defect of ours: it costs this record, not the process. */
  async #guarded(next: Committed): Promise<void> {
    try {
      await this.#take(next)
    } catch (cause) {
      this.#options.onDefect(next.record, cause)
      this.#rest(next, { kind: 'permanent', reason: 'internal error' })
    }
  }

  async #take(next: Committed): Promise<void> {
    while (!(await this.#taken(next)));
  }

  /** `false` where the plan has changed meanwhile: then it must be taken by the new one. */
  async #taken(next: Committed): Promise<boolean> {
    const { record } = next
    const plan = this.#options.plan()
    const passages: Passage[] = []
    const ended: Outcome[] = []
    const trunks = trunksOf(plan, record)
    if (trunks.length === 0) ended.push(...nowhere(record))
    for (const trunk of trunks) {
      const passed = await this.#before(trunk, record)
      if (passed === undefined) return this.#giveBack(next)
      if ('trunk' in passed) passages.push(withLeases(passed, next.leases))
      else ended.push(passed)
    }
    await this.#paced(record, outputsOf(passages))
    const slots = await this.#room(outputsOf(passages))
    if (slots === undefined) return this.#giveBack(next)
    return new Promise((resolve, reject) => {
      this.#options.turns.take(() => {
        const isCurrent = plan === this.#options.plan()
        if (!isCurrent) releaseAll(slots)
        try {
          if (isCurrent) this.#fold(next, passages, ended, slots)
          resolve(isCurrent)
        } catch (cause) {
          reject(cause)
        }
      })
    })
  }

  /** It stays in the log, for the next start. */
  #giveBack(next: Committed): true {
    next.release()
    return true
  }

  #fold(
    next: Committed,
    passages: readonly Passage[],
    ended: readonly Outcome[],
    slots: Slots,
  ): void {
    const { sequencer, outstanding, telemetry, onFolded } = this.#options
    const { offset, atMs, body } = next.record
    const earlier = this.#repeats(next)
    if (earlier !== undefined) telemetry.repeated('request')
    const folded = sequencer.fold({ offset, body }, atMs, earlier === undefined ? passages : [])
    this.#watchers.get(offset)?.folded?.(folded.record)
    const all = [...ended, ...folded.ended]
    const burial = earlier === undefined ? this.#refusal(next.record, all) : undefined
    this.#send(next, folded, slots, burial, (outcome) => {
      const settle = (its: Outcome) => this.#rest(next, worst([its, ...all]))
      // A repeat says what becomes of the first; what fell due with it is its own.
      if (earlier === undefined || !outstanding.join(earlier, settle)) settle(outcome)
    })
    onFolded(folded)
  }

  /** Nobody else hears of a request that was acknowledged and is refused for good. */
  #refusal(
    { offset, atMs, body }: LogRecord,
    ended: readonly Outcome[],
  ): Promise<void> | undefined {
    const refusal = ended.find((it) => it.kind === 'permanent')
    if (refusal === undefined || body.kind !== 'request') return undefined
    if (this.#watchers.get(offset)?.settled !== undefined) return undefined
    return this.#options.onRefused({ offset, atMs, body }, refusal.reason)
  }

  /**
   * @param burial of the request itself, where it was refused
   * @param rested told when all that came out of a record has come to rest
   */
  #send(
    next: Committed,
    folded: Folded,
    slots: Slots,
    burial: Promise<void> | undefined,
    rested: (outcome: Outcome) => void,
  ): void {
    const { outstanding, streams, telemetry, outbox } = this.#options
    const { offset } = next.record
    const { outputs: passing, derived } = folded
    const outputs = [...passing, ...derived]
    this.#underWay.add(next)
    outstanding.add(offset, next.sizeBytes)
    const whole = (outcome: Outcome) => {
      rested(outcome)
      outstanding.settle(offset, outcome)
    }
    const attempted = shareSettle(Math.max(1, passing.length), () => releaseAll(slots))
    if (passing.length === 0) releaseAll(slots)
    const parts = outputs.length + (burial ? 1 : 0)
    if (parts === 0) return whole(delivered)
    const settles = shareSettle(parts, whole, () => telemetry.settledTwice('log'))
    void burial?.then(() => settles.at(-1)?.(delivered))
    for (const [at, output] of outputs.entries()) {
      const done = new Set<string>()
      const rest = settles[at] ?? whole
      const keep = (outcome: Outcome) => {
        attempted[at]?.(outcome)
        if (outcome.kind === 'delivered') rest(outcome)
        else if (outcome.kind === 'permanent') void this.#bury(output, outcome.reason, rest)
        else outbox.keep(output, done, outcome.retryAfterMs ?? retryMs, keep)
      }
      if (at >= passing.length) outbox.keep(output, done, 0, keep)
      else streams.send(output.branch, { batch: output.batch, done, slots, settle: keep })
    }
  }

  async #bury(output: Output, reason: string, rest: (outcome: Outcome) => void): Promise<void> {
    await this.#options.onPermanent(output, `${batchId(output.batch)}: ${reason}`)
    rest({ kind: 'permanent', reason })
  }

  #rest(next: Committed, outcome: Outcome): void {
    next.release()
    this.#underWay.delete(next)
    const { offset } = next.record
    const watcher = this.#watchers.get(offset)
    this.#watchers.delete(offset)
    watcher?.settled?.(outcome)
  }

  /** Offset of the record that this one repeats. */
  #repeats({ record: { body, offset, atMs }, hash }: Committed): number | undefined {
    const { seen } = this.#options
    if (body.kind !== 'request' || seen === undefined) return undefined
    return seen.fold(hash ?? requestHash(body.receiver, body.payload), offset, atMs)
  }

  /** Runs the maps before the first fold, again and again where one refuses for the moment. */
  async #before(trunk: Trunk, { body }: LogRecord): Promise<Passage | Outcome | undefined> {
    if (body.kind !== 'request') return undefined
    const { payload } = body
    let batch: Passage['batch'] = {
      kind: payload.signal,
      payload,
      facts: [],
      origins: [],
      leases: [],
    }
    for (const stage of trunk.before) {
      let passed = runMap(stage, batch, this.#options.telemetry)
      while (!('origins' in passed) && passed.kind === 'retryable') {
        if (!(await this.#waited(passed.retryAfterMs ?? roomPollMs))) return undefined
        passed = runMap(stage, batch, this.#options.telemetry)
      }
      if (!('origins' in passed)) return passed
      batch = passed
    }
    return { trunk, batch }
  }

  /** Waits while a destination is busy with what came before, and the record is young. */
  async #paced({ atMs }: LogRecord, outputs: readonly Output[]): Promise<void> {
    const { scheduler, exporters, bell } = this.#options
    const youngMs = () => (this.#isStopped ? 0 : atMs + maxLagMs - scheduler.now())
    for (;;) {
      const busy = spilling(outputs, exporters())
      if (busy === undefined || youngMs() <= 0) return
      const forget = busy.onRoom?.(bell.ring)
      const cancel = scheduler.schedule(bell.ring, youngMs())
      await bell.rung
      cancel()
      forget?.()
    }
  }

  /** Rooms in all destinations, once they have them; `undefined` when stopped meanwhile. */
  async #room(outputs: readonly Output[]): Promise<Slots | undefined> {
    while (!this.#isStopped) {
      const exporters = this.#options.exporters()
      const reserved = reserveAll(outputs, exporters)
      if (reserved.kind === 'reserved') return reserved.slots
      const { bell } = this.#options
      const forget = exporters.get(reserved.exporter)?.exporter.onRoom?.(bell.ring)
      const { retryAfterMs = roomPollMs } = reserved.refusal
      const cancel = this.#options.scheduler.schedule(bell.ring, retryAfterMs)
      await bell.rung
      cancel()
      forget?.()
    }
    return undefined
  }

  /** `false` when stopped meanwhile. */
  async #waited(delayMs: number): Promise<boolean> {
    let isOver = false
    const cancel = this.#options.scheduler.schedule(() => {
      isOver = true
      this.#options.bell.ring()
    }, delayMs)
    while (!isOver && !this.#isStopped) await this.#options.bell.rung
    cancel()
    return !this.#isStopped
  }
}

function trunksOf(plan: Plan, { body }: LogRecord): readonly Trunk[] {
  return body.kind === 'request' ? plan.trunks(body.receiver, body.payload.signal) : []
}

/** A request that no pipeline takes any more: its receiver was configured away. */
function nowhere({ body }: LogRecord): readonly Outcome[] {
  return body.kind === 'request' ? [noPipeline(body.receiver, body.payload.signal)] : []
}

function outputsOf(passages: readonly Passage[]): readonly Output[] {
  return passages.flatMap(({ trunk, batch }) => trunk.branches.map((branch) => ({ branch, batch })))
}

function isFull({ records, bytes }: Outstanding): boolean {
  return records >= maxOutstandingRecords || bytes >= maxOutstandingBytes
}

function withLeases({ trunk, batch }: Passage, leases: readonly Lease[]): Passage {
  return { trunk, batch: { ...batch, leases } }
}
