import type { Batch, PipelineKind } from '../component/batch.ts'
import { type Delivery, type Outcome, settleOnce } from '../component/delivery.ts'
import type { Catalogue, Exporter } from '../component/factory.ts'
import type { Listeners } from '../component/listeners.ts'
import type { Log } from '../component/log.ts'
import type { LogRecord, RecordBody } from '../component/record.ts'
import { within } from '../component/scheduler.ts'
import { RequestWindow } from '../state/request-window.ts'
import type { Checkpoints } from './checkpoints.ts'
import { EarlyDeliveries } from './early-deliveries.ts'
import { emit } from './emission.ts'
import type { GraphConfig, GraphProblem } from './graph-config.ts'
import { graphProblems } from './graph-problems.ts'
import type { Command, Environment, Host } from './host.ts'
import { createInstances, type Instances } from './instances.ts'
import type { Intake } from './intake.ts'
import type { LogClient } from './log-client.ts'
import { type Memory, moveMemory } from './memory-image.ts'
import { Outbox } from './outbox.ts'
import { type Plan, plan } from './plan.ts'
import { Receivers } from './receivers.ts'
import {
  type Changes,
  changesOf,
  discard,
  prepare,
  type Running,
  retire,
  type Successor,
} from './reload.ts'
import { type Folded, Sequencer } from './sequencer.ts'
import { type Progress, stopInOrder } from './stop.ts'
import { Streams } from './streams.ts'
import { takeUp } from './take-up.ts'
import { Telemetry } from './telemetry.ts'
import { Ticks } from './ticks.ts'
import type { RequestTrace } from './tracing.ts'
import { Turns } from './turns.ts'

/** Of the time for a stop, what a start or a reload that is under way may still take. */
const reloadShare = 0.25
/** What the last snapshot may take on a disk that hangs, in milliseconds. */
const lastImageMs = 5_000
/** Requests that are recognised when they come again; 16 bytes and an offset for each. */
const maxRequestsSeen = 65_536

export interface EngineOptions {
  readonly config: GraphConfig
  readonly catalogue: Catalogue
  readonly environment: Environment
  /** Names what the records are folded with: configuration, prices, product version. */
  readonly fingerprint?: string
  /** A component's stream was lost to an error; the process should end. */
  readonly onLost?: (component: string, cause: unknown) => void
  /** Told of every record before it is folded. */
  readonly onRecord?: (record: LogRecord) => void
}

/** A configuration to go over to. */
export interface Reload {
  readonly config: GraphConfig
  readonly fingerprint: string
  /** What changed, for the record. */
  readonly reason: string
  /** For the receivers that are created for it. */
  readonly listeners?: Listeners | undefined
}

export type Reloaded =
  | { readonly ok: true; readonly changes: Changes }
  | { readonly ok: false; readonly problems: readonly GraphProblem[] }

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
  #running: Running
  #plan: Plan
  readonly #options: EngineOptions
  readonly #telemetry: Telemetry
  readonly #streams: Streams
  readonly #turns = new Turns()
  readonly #memory: Memory
  readonly #outbox: Outbox
  readonly #receivers: Receivers
  readonly #unsettled = new Map<(outcome: Outcome) => void, RequestTrace | undefined>()
  readonly #ticks: Ticks
  readonly #logger: Log
  #intake: Intake | undefined
  #client: LogClient | undefined
  #checkpoints: Checkpoints | undefined
  readonly #early = new EarlyDeliveries()
  #takingUp: Promise<void> = Promise.resolve()
  #reloading: Promise<unknown> = Promise.resolve()
  /** Exporters that a reload is replacing, and that may still hold something. */
  #leaving: readonly Exporter[] = []
  #retiring: Promise<void> = Promise.resolve()
  #stopped = false
  #killed = false
  #stopping: Promise<boolean> | undefined

  /** Use {@link buildEngine}. */
  constructor(options: EngineOptions, instances: Instances) {
    const { scheduler, meter, tracing, storage } = options.environment
    this.#options = options
    this.#logger = options.environment.log({ id: 'engine', role: 'processor' })
    this.#running = { config: options.config, instances }
    this.#plan = plan(options.config, instances)
    this.#telemetry = new Telemetry(meter)
    this.#streams = new Streams(this.#telemetry, this.#lost, tracing)
    this.#outbox = new Outbox(
      this.#streams,
      () => this.instances.exporters,
      scheduler,
      this.#telemetry,
    )
    this.#receivers = new Receivers(this.#receive, this.#lost)
    const sequencer = new Sequencer(this.#plan, this.#telemetry, options.onRecord)
    const windowMs = storage?.requests?.windowMs ?? 0
    this.#memory = {
      sequencer,
      hosts: () => rememberingHosts(this.#plan),
      requests: new RequestWindow({ windowMs, maxEntries: maxRequestsSeen }),
      dormant: new Map(),
    }
    this.#ticks = new Ticks(scheduler, sequencer, () => this.#commitQuietly({ kind: 'tick' }))
  }

  /**
   * Takes up what is on disk, starts from the sinks backwards, and resolves once every receiver is
   * ready; rejects, with everything stopped again, when one cannot start. Records that were kept
   * and not folded are folded meanwhile and afterwards, before what receivers bring.
   */
  async start(): Promise<void> {
    if (this.#stopped) throw new Error('an engine that was stopped does not start again')
    this.#takingUp = this.#takeUp()
    try {
      await this.#takingUp
      this.#mustRun()
      await this.#receivers.start(this.instances.receivers)
    } catch (cause) {
      await this.stop(0)
      throw cause
    }
  }

  /** The components that run. */
  get instances(): Instances {
    return this.#running.instances
  }

  /**
   * Goes over to another configuration while it runs. What did not change stays as it is: listeners,
   * queues and what is remembered; a component that changed takes over what the one before it
   * remembered. Nothing changes where there are problems; rejects, and nothing changes either, where
   * something new cannot be created or started. Resolves once the new graph is in use.
   */
  reload(next: Reload): Promise<Reloaded> {
    const reloading = this.#reloading.then(() => this.#reload(next))
    this.#reloading = reloading.catch(() => {})
    return reloading
  }

  /** Makes something from outside a record; resolves when it is folded. */
  commit(body: RecordBody): Promise<LogRecord> {
    if (this.#intake === undefined || this.#stopped) {
      return Promise.reject(new Error('the engine does not run'))
    }
    return this.#intake.commit(body)
  }

  /** An answer from outside becomes a record. A fold has no use for this: it knows already. */
  result(component: string, body: unknown): void {
    if (this.#memory.sequencer.isFolding) {
      throw new Error(`${component} gives a result while it folds; fold it instead`)
    }
    this.#commitQuietly({ kind: 'result', component, body })
  }

  /** Commands that components offer. */
  get commands(): readonly Command[] {
    return this.instances.hosts.flatMap((host) => host.commands)
  }

  /** What a source emits outside of a fold: all destinations take it, or none. */
  emit(source: string, kind: PipelineKind, batch: Batch): Promise<Outcome> {
    const parts = { plan: this.#plan, outbox: this.#outbox, telemetry: this.#telemetry }
    return emit(parts, source, kind, batch)
  }

  /** Everything that has not come to rest: requests and derived batches under way. */
  get progress(): Progress {
    return {
      unsettled: this.#unsettled.size,
      waiting: this.#intake?.waiting ?? 0,
      derivedHeld: this.#outbox.held,
      derivedDropped: this.#telemetry.derivedDroppedCount,
      nextOffset: this.#memory.sequencer.nextOffset,
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
    this.#ticks.stop()
    const { scheduler } = this.#options.environment
    const startMs = scheduler.now()
    const underWay = Promise.allSettled([this.#takingUp, this.#reloading])
    if (!(await within(scheduler, underWay, deadlineMs * reloadShare))) this.#receivers.abort()
    const inTime = await stopInOrder(
      {
        config: this.#running.config,
        instances: this.instances,
        receivers: this.#receivers,
        intake: this.#intake,
        client: this.#client,
        outbox: this.#outbox,
        retiring: this.#retiring,
        streams: this.#streams,
        scheduler,
      },
      Math.max(0, startMs + deadlineMs - scheduler.now()),
    )
    const lastImage = this.#checkpoints?.stop() ?? Promise.resolve()
    if (!(await within(scheduler, lastImage, lastImageMs))) {
      this.#logger.error({}, 'the last snapshot was not written in time; the one before stays')
    }
    this.kill()
    return inTime
  }

  /** Stops everything now, as a crash would, but answers the clients that still wait. */
  kill(): void {
    this.#stopped = true
    this.#killed = true
    this.#ticks.stop()
    this.#checkpoints?.abort()
    this.#receivers.abort()
    this.#streams.abort()
    const outcome: Outcome = { kind: 'retryable', reason: 'shutting down', retryAfterMs: 1_000 }
    for (const settle of [...this.#unsettled.keys()]) settle(outcome)
    void this.#client?.stop()
    this.#client?.abandon(outcome)
    this.#outbox.abandon()
    for (const host of this.instances.hosts) host.cut()
  }

  async #reload({ config, fingerprint, reason, listeners }: Reload): Promise<Reloaded> {
    if (this.#stopped || this.#intake === undefined) throw new Error('the engine does not run')
    await this.#retiring
    this.#mustRun()
    const environment = { ...this.#options.environment, listeners }
    const before = this.#running
    const parts = {
      before,
      catalogue: this.#options.catalogue,
      environment,
      calls: {
        emit: (id: string, kind: PipelineKind, batch: Batch) => this.emit(id, kind, batch),
        result: (id: string, body: unknown) => this.result(id, body),
      },
      streams: this.#streams,
      receivers: this.#receivers,
      hold: (hosts: readonly Host[]) => this.#early.expect(hosts),
    }
    const next = await prepare(parts, config).catch((cause: unknown) => {
      this.#early.dismiss()
      throw cause
    })
    if (!('plan' in next)) return { ok: false, problems: next }
    if (this.#stopped) {
      discard(next, parts)
      this.#early.dismiss()
      this.#mustRun()
    }
    await new Promise<void>((resolve) => {
      this.#turns.take(() => {
        this.#takeOver(next, reason, fingerprint)
        resolve()
      })
    })
    return { ok: true, changes: changesOf(before.instances, next.instances) }
  }

  /** In one turn: no record is folded by half of each graph. */
  #takeOver(next: Successor, reason: string, fingerprint: string): void {
    const before = this.#running
    const hosts = rememberingHosts(this.#plan)
    this.#plan = next.plan
    this.#running = next
    const { exporters } = next.instances
    moveMemory(hosts, rememberingHosts(next.plan), this.#memory.dormant, (id, cause) => {
      const log = this.#options.environment.log({ id, role: 'processor' })
      log.error({ err: cause }, 'cannot take over what was remembered; begins anew')
    })
    this.#memory.sequencer.use(next.plan)
    const flow = this.#streams.use(next.flow)
    this.#commitQuietly({ kind: 'epoch', reason, fingerprint })
    this.#intake?.use(next.plan, exporters)
    const who = this.#checkpoints?.who
    if (who) void this.#checkpoints?.begin({ ...who, epoch: who.epoch + 1, fingerprint })
    this.#early.hear(this.#receive)
    this.#leaving = [...before.instances.exporters.values()].map((it) => it.exporter)
    this.#retiring = retire({
      before: before.instances,
      flow,
      after: next.instances,
      streams: this.#streams,
      receivers: this.#receivers,
      scheduler: this.#options.environment.scheduler,
    }).finally(() => {
      this.#leaving = []
      next.goneBefore()
    })
    this.#ticks.plan()
  }

  #receive = (host: Host, delivery: Delivery): void => {
    if (this.#early.hold(host, delivery)) return
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
    if (this.#intake === undefined) return settle({ kind: 'retryable', reason: 'not started' })
    const hasLeft = !this.instances.hosts.includes(host)
    if (hasLeft && this.#plan.trunks(host.id, batch.kind).length === 0) {
      return settle({ kind: 'retryable', reason: `${host.id} is not configured any more` })
    }
    this.#intake.receive(host.id, { ...delivery, settle }, batch)
  }

  /** After a kill the answer that was cut off may still come, and is no defect. */
  #settledTwice(component: string): void {
    if (!this.#killed) this.#telemetry.settledTwice(component)
  }

  async #takeUp(): Promise<void> {
    const { environment, fingerprint = '' } = this.#options
    const { intake, client, checkpoints, isNewEpoch } = await takeUp({
      environment,
      fingerprint,
      memory: this.#memory,
      plan: () => this.#plan,
      exporters: () => this.instances.exporters,
      streams: this.#streams,
      outbox: this.#outbox,
      turns: this.#turns,
      telemetry: this.#telemetry,
      logger: this.#logger,
      onCommitted: this.#committed,
      onFolded: this.#folded,
      // Who crashes again and again must not fold and send the same each time.
      onCaughtUp: () => void this.#checkpoints?.take(),
      onDefect: this.#failed,
      persisting: () => this.#exportersNow(),
    })
    this.#mustRun()
    this.#intake = intake
    this.#client = client
    this.#checkpoints = checkpoints
    this.#streams.use(this.#streams.open(this.#plan, this.instances))
    if (checkpoints && isNewEpoch) await checkpoints.begin(checkpoints.who)
    else checkpoints?.changed()
    this.#mustRun()
    client?.start()
    if (isNewEpoch) this.#commitQuietly({ kind: 'epoch', reason: 'start', fingerprint })
    this.#ticks.plan()
  }

  #mustRun(): void {
    if (this.#stopped) throw new Error('the engine was stopped meanwhile')
  }

  #exportersNow(): Iterable<Exporter> {
    const current = [...this.instances.exporters.values()].map((it) => it.exporter)
    return new Set([...current, ...this.#leaving])
  }

  /** What cannot be kept now is lost, and said so: time passes again, and judges are asked again. */
  #commitQuietly(body: RecordBody): void {
    if (this.#stopped) return
    this.#intake?.commit(body).catch((cause: unknown) => {
      this.#telemetry.notKept(body.kind)
      // A full disk refuses a tick every second; that it is full is said where it matters.
      if (body.kind === 'tick') return this.#ticks.plan()
      this.#logger.warn({ err: cause }, `a ${body.kind} could not be made a record`)
    })
  }

  #committed = (settle: (outcome: Outcome) => void, offset: number): void => {
    this.#unsettled.get(settle)?.committed(offset)
  }

  #folded = (folded: Folded): void => {
    // Where requests are kept, the log's client sends what was derived.
    if (this.#client === undefined) {
      for (const output of folded.derived) this.#outbox.send(output)
    }
    this.#ticks.plan()
    this.#checkpoints?.changed()
  }

  #failed = (component: string, cause: unknown): void => {
    const log = this.instances.receivers.get(component)?.host.settings.log
    log?.error({ err: cause }, 'the engine failed on a request; this is a defect')
  }

  #lost = (component: string, cause: unknown): void => {
    const host = this.instances.hosts.find((it) => it.id === component)
    host?.settings.log.error({ err: cause }, `${component} was lost`)
    this.#options.onLost?.(component, cause)
  }
}

function rememberingHosts({ chains }: Plan): readonly Host[] {
  return chains.flatMap((chain) => chain.folds).map((it) => it.host)
}
