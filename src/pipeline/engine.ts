import type { Batch, PipelineKind } from '../component/batch.ts'
import {
  type Delivery,
  type Outcome,
  settleOnce,
  shareSettle,
  worst,
} from '../component/delivery.ts'
import type { Catalogue } from '../component/factory.ts'
import type { LogRecord, RecordBody } from '../component/record.ts'
import { releaseAll } from './destinations.ts'
import { type Admitted, Door, joined } from './door.ts'
import type { GraphConfig, GraphProblem } from './graph-config.ts'
import { graphProblems } from './graph-problems.ts'
import type { Command, Environment, Host } from './host.ts'
import { createInstances, type Instances } from './instances.ts'
import { Outbox } from './outbox.ts'
import { type Plan, plan } from './plan.ts'
import { Receivers } from './receivers.ts'
import { type Folded, type Journal, noJournal, runBefore, Sequencer } from './sequencer.ts'
import { type Progress, stopInOrder } from './stop.ts'
import { Streams } from './streams.ts'
import { Telemetry } from './telemetry.ts'
import type { RequestTrace } from './tracing.ts'

export interface EngineOptions {
  readonly config: GraphConfig
  readonly catalogue: Catalogue
  readonly environment: Environment
  readonly journal?: Journal
  /** Names what the records are folded with: configuration, prices, product version. */
  readonly fingerprint?: string
  /** A component's stream was lost to an error; the process should end. */
  readonly onLost?: (component: string, cause: unknown) => void
}

export type Built =
  | { readonly ok: true; readonly engine: Engine }
  | { readonly ok: false; readonly problems: readonly GraphProblem[] }

/** Builds the graph, or says which of its rules the configuration breaks. Starts nothing. */
export function buildEngine(options: EngineOptions): Built {
  const late: { engine?: Engine } = {}
  const { config, catalogue, environment } = options
  const instances = createInstances(config, catalogue, environment, {
    emit: async (id, kind, batch) =>
      (await late.engine?.emit(id, kind, batch)) ?? { kind: 'retryable', reason: 'not started' },
    result: (id, body) => late.engine?.result(id, body),
  })
  const problems = graphProblems(config, catalogue, instances)
  if (problems.length > 0) return { ok: false, problems }
  late.engine = new Engine(options, instances)
  return { ok: true, engine: late.engine }
}

/** The running graph. */
export class Engine {
  readonly instances: Instances
  readonly #plan: Plan
  readonly #options: EngineOptions
  readonly #telemetry: Telemetry
  readonly #streams: Streams
  readonly #sequencer: Sequencer
  readonly #outbox: Outbox
  readonly #door: Door
  readonly #receivers: Receivers
  readonly #unsettled = new Map<(outcome: Outcome) => void, RequestTrace | undefined>()
  #cancelTick: (() => void) | undefined
  #lastTickMs = 0
  #tickAtMs: number | undefined
  #stopped = false
  #killed = false
  #stopping: Promise<boolean> | undefined

  /** Use {@link buildEngine}. */
  constructor(options: EngineOptions, instances: Instances) {
    const { scheduler, meter, tracing } = options.environment
    const { exporters } = instances
    this.#options = options
    this.instances = instances
    this.#plan = plan(options.config, instances)
    this.#telemetry = new Telemetry(meter)
    this.#streams = new Streams(this.#plan, instances, this.#telemetry, this.#lost, tracing)
    this.#sequencer = new Sequencer(this.#plan, options.journal ?? noJournal, this.#telemetry)
    this.#outbox = new Outbox(this.#streams, exporters, scheduler, this.#telemetry)
    this.#door = new Door(this.#plan, exporters, scheduler, this.#telemetry, this.#enter)
    this.#receivers = new Receivers(instances.receivers, this.#receive, this.#lost)
  }

  /**
   * Starts from the sinks backwards and resolves once every receiver is ready; rejects, with
   * everything stopped again, when one cannot start.
   *
   * @param kept records to fold first; what they give goes to its destinations once more
   */
  async start(kept: Iterable<LogRecord> = []): Promise<void> {
    if (this.#stopped) throw new Error('an engine that was stopped does not start again')
    const { fingerprint = '' } = this.#options
    try {
      this.#streams.start()
      if (this.#replay(kept) !== fingerprint) {
        this.commit({ kind: 'epoch', reason: 'start', fingerprint })
      }
      await this.#receivers.start()
    } catch (cause) {
      await this.stop(0)
      throw cause
    }
  }

  /** Puts something from outside into the log, and folds it. */
  commit(body: RecordBody): LogRecord {
    const folded = this.#sequencer.commit(body, this.#now())
    this.#after(folded)
    return folded.record
  }

  /** An answer from outside becomes a record. A fold has no use for this: it knows already. */
  result(component: string, body: unknown): void {
    if (this.#sequencer.isFolding) {
      throw new Error(`${component} gives a result while it folds; fold it instead`)
    }
    if (!this.#stopped) this.commit({ kind: 'result', component, body })
  }

  /** Commands that components offer. */
  get commands(): readonly Command[] {
    return this.instances.hosts.flatMap((host) => host.commands)
  }

  /** What a source emits outside of a fold: all destinations take it, or none. */
  async emit(source: string, kind: PipelineKind, batch: Batch): Promise<Outcome> {
    if (kind === 'alerts') {
      return { kind: 'permanent', reason: 'alerts come from folds, so that a replay repeats them' }
    }
    const ended: Outcome[] = []
    const outputs = this.#plan.trunks(source, kind).flatMap((trunk) => {
      const passed = runBefore(trunk, { ...batch, leases: [] }, this.#telemetry)
      if ('origins' in passed) return trunk.branches.map((branch) => ({ branch, batch: passed }))
      ended.push(passed)
      return []
    })
    const refused = ended.find((it) => it.kind === 'retryable')
    if (refused !== undefined) return refused
    if (outputs.length === 0) return worst(ended)
    return new Promise((resolve) =>
      this.#outbox.attempt(outputs, (outcome) => resolve(joined(ended, outcome))),
    )
  }

  /** Everything that has not come to rest: requests and derived batches under way. */
  get progress(): Progress {
    return {
      unsettled: this.#unsettled.size,
      waiting: this.#door.waiting,
      derivedHeld: this.#outbox.held,
      derivedDropped: this.#telemetry.derivedDroppedCount,
      nextOffset: this.#sequencer.nextOffset,
      settledTwice: this.#telemetry.twiceCount,
      componentErrors: this.#telemetry.errorCount,
    }
  }

  /** Memory of every component that remembers, as canonical plain data. */
  memory(): Readonly<Record<string, unknown>> {
    const folds = this.#plan.chains.flatMap((chain) => chain.folds)
    return Object.fromEntries(folds.map(({ id, host }) => [id, host.state.snapshot()]))
  }

  /**
   * Stops in order: receivers, what holds, exporters; whatever is not done by the deadline is cut
   * off and its clients are told to come back.
   *
   * @returns whether everything was done in time
   */
  stop(deadlineMs: number): Promise<boolean> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<boolean> {
    this.#stopped = true
    this.#cancelTick?.()
    const inTime = await stopInOrder(
      {
        config: this.#options.config,
        instances: this.instances,
        receivers: this.#receivers,
        door: this.#door,
        outbox: this.#outbox,
        streams: this.#streams,
        scheduler: this.#options.environment.scheduler,
      },
      deadlineMs,
    )
    this.kill()
    return inTime
  }

  /** Stops everything now, as a crash would, but answers the clients that still wait. */
  kill(): void {
    this.#stopped = true
    this.#killed = true
    this.#cancelTick?.()
    this.#receivers.abort()
    this.#streams.abort()
    const outcome: Outcome = { kind: 'retryable', reason: 'shutting down', retryAfterMs: 1_000 }
    for (const settle of [...this.#unsettled.keys()]) settle(outcome)
    this.#outbox.abandon()
    for (const host of this.instances.hosts) host.cut()
  }

  #receive = (host: Host, delivery: Delivery): void => {
    const settle = settleOnce(
      (outcome) => {
        this.#unsettled.get(settle)?.settled(outcome)
        this.#unsettled.delete(settle)
        delivery.settle(outcome)
      },
      () => this.#settledTwice(host.id),
    )
    const { batch } = delivery
    if (batch.kind === 'alerts') {
      return settle({ kind: 'permanent', reason: 'a receiver brings no alerts' })
    }
    this.#unsettled.set(settle, this.#options.environment.tracing?.received(host.id, batch))
    this.#door.knock(host.id, { ...delivery, settle }, batch)
  }

  /** After a kill the answer that was cut off may still come, and is no defect. */
  #settledTwice(component: string): void {
    if (!this.#killed) this.#telemetry.settledTwice(component)
  }

  /** A throw here is a defect of ours: it costs this request, not the process. */
  #enter = (admitted: Admitted): void => {
    try {
      this.#takeEffect(admitted)
    } catch (cause) {
      const log = this.instances.receivers.get(admitted.receiver)?.host.settings.log
      log?.error({ err: cause }, 'the engine failed on a request; this is a defect')
      releaseAll(admitted.slots)
      admitted.delivery.settle({ kind: 'permanent', reason: 'internal error' })
    }
  }

  #takeEffect({ receiver, delivery, batch, passages, slots, ended }: Admitted): void {
    const { payload } = batch
    const body: RecordBody = { kind: 'request', receiver, payload }
    const folded = this.#sequencer.commit(body, this.#now(), passages)
    const { outputs } = folded
    this.#unsettled.get(delivery.settle)?.committed(folded.record.offset)
    const settle = (outcome: Outcome) => {
      releaseAll(slots)
      delivery.settle(joined([...ended, ...folded.ended], outcome))
    }
    if (outputs.length === 0) settle({ kind: 'delivered' })
    const twice = () => this.#telemetry.settledTwice(receiver)
    const settles = shareSettle(outputs.length, settle, twice)
    outputs.forEach(({ branch, batch: passing }, at) => {
      this.#streams.send(branch, { batch: passing, settle: settles[at] ?? settle, slots })
    })
    this.#after(folded)
  }

  /** @returns the fingerprint of the last epoch among the records, if there is one */
  #replay(records: Iterable<LogRecord>): string | undefined {
    let fingerprint: string | undefined
    for (const { body, atMs } of records) {
      const folded = this.#sequencer.replay(body, atMs, this.#passages(body))
      if (body.kind === 'epoch') fingerprint = body.fingerprint
      for (const output of folded.outputs) this.#outbox.send(output)
      this.#after(folded)
    }
    return fingerprint
  }

  #after(folded: Folded): void {
    for (const output of folded.derived) this.#outbox.send(output)
    this.#planTick()
  }

  #passages(body: RecordBody) {
    if (body.kind !== 'request') return []
    const { payload, receiver } = body
    const batch: Batch = { kind: payload.signal, payload, facts: [], origins: [], leases: [] }
    return this.#plan.trunks(receiver, payload.signal).flatMap((trunk) => {
      const passed = runBefore(trunk, batch, this.#telemetry, true)
      return 'origins' in passed ? [{ trunk, batch: passed }] : []
    })
  }

  /** A tick passes time on to the folds: at most one a second, only while something waits. */
  #planTick(): void {
    const dueMs = this.#sequencer.nextDueMs
    const nowMs = this.#now()
    const atMs = dueMs && Math.max(dueMs, this.#lastTickMs + 1_000, nowMs)
    if (atMs === this.#tickAtMs && !this.#stopped) return
    this.#cancelTick?.()
    this.#cancelTick = undefined
    this.#tickAtMs = this.#stopped ? undefined : atMs
    if (this.#tickAtMs === undefined) return
    this.#cancelTick = this.#options.environment.scheduler.schedule(() => {
      this.#tickAtMs = undefined
      this.#lastTickMs = this.#now()
      this.commit({ kind: 'tick' })
    }, this.#tickAtMs - nowMs)
  }

  #now(): number {
    return Math.floor(this.#options.environment.scheduler.now())
  }

  #lost = (component: string, cause: unknown): void => {
    const host = this.instances.hosts.find((it) => it.id === component)
    host?.settings.log.error({ err: cause }, `${component} was lost`)
    this.#options.onLost?.(component, cause)
  }
}
