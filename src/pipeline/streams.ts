import {
  catchError,
  concatMap,
  EMPTY,
  ignoreElements,
  lastValueFrom,
  type Observable,
  of,
  Subject,
  type Subscription,
  tap,
} from 'rxjs'
import { itemCount } from '../component/batch.ts'
import {
  type Delivery,
  delivered,
  type Outcome,
  type Slots,
  settleOnce,
  shareSettle,
} from '../component/delivery.ts'
import { destinationKey } from './destinations.ts'
import type { Instances, Stage } from './instances.ts'
import { runMap } from './map-stage.ts'
import type { Branch, Plan } from './plan.ts'
import type { Telemetry } from './telemetry.ts'
import type { Tracing } from './tracing.ts'

/** What became of a component's stream: it ended, or it was lost to an error. */
export type OnLost = (component: string, cause: unknown) => void

/**
 * The flowing part of the graph: what stands behind the chains, and the exporters. The only
 * subjects and, with the receivers, the only subscriptions of the product.
 */
export class Streams {
  readonly #entries = new Map<string, Subject<Delivery>>()
  readonly #inputs = new Map<string, Subject<Delivery>>()
  readonly #ends = new Map<string, Promise<unknown>>()
  readonly #subscriptions: Subscription[] = []
  /** What each component has in hand, so that it can be answered when the component is lost. */
  readonly #inHand = new Map<string, Set<(outcome: Outcome) => void>>()
  readonly #plan: Plan
  readonly #instances: Instances
  readonly #telemetry: Telemetry
  readonly #onLost: OnLost
  readonly #tracing: Tracing | undefined

  constructor(
    plan: Plan,
    instances: Instances,
    telemetry: Telemetry,
    onLost: OnLost,
    tracing?: Tracing,
  ) {
    this.#tracing = tracing
    this.#plan = plan
    this.#instances = instances
    this.#telemetry = telemetry
    this.#onLost = onLost
  }

  /** Subscribes from the sinks backwards. */
  start(): void {
    for (const [id, { exporter }] of this.#instances.exporters) {
      const input = new Subject<Delivery>()
      this.#inputs.set(id, input)
      this.#run(`exporter ${id}`, id, this.#inputs, exporter.consume(input))
    }
    for (const branch of this.#plan.branches) {
      const { id } = branch.pipeline
      const entry = new Subject<Delivery>()
      this.#entries.set(id, entry)
      const flow = branch.suffix.reduce<Observable<Delivery>>(
        (source, stage) => this.#stage(source, stage),
        entry,
      )
      const out = flow.pipe(tap((it) => this.#fanOut(branch, it)))
      this.#run(`pipeline ${id}`, id, this.#entries, out)
    }
  }

  /** Sends a delivery into what stands behind a chain. */
  send(branch: Branch, delivery: Delivery): void {
    const entry = this.#entries.get(branch.pipeline.id)
    if (entry === undefined) {
      delivery.settle({ kind: 'retryable', reason: `${branch.pipeline.id} has stopped` })
    } else entry.next({ ...delivery, settle: this.#inHandOf(branch.pipeline.id, delivery.settle) })
  }

  /** Ends a pipeline's input; resolves once everything held in it has gone on. */
  async complete(pipeline: string): Promise<void> {
    const entry = this.#entries.get(pipeline)
    this.#entries.delete(pipeline)
    entry?.complete()
    await this.#ends.get(`pipeline ${pipeline}`)
  }

  /** Ends an exporter's input; resolves once it has drained. */
  async drain(exporter: string): Promise<void> {
    const input = this.#inputs.get(exporter)
    this.#inputs.delete(exporter)
    input?.complete()
    await this.#ends.get(`exporter ${exporter}`)
  }

  /** Stops everything now; what is sent from here on is told so. */
  abort(): void {
    this.#entries.clear()
    this.#inputs.clear()
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
  }

  #stage(source: Observable<Delivery>, stage: Stage): Observable<Delivery> {
    if (stage.processor.kind === 'operator') {
      return source.pipe(
        tap(({ batch }) => this.#telemetry.incoming(stage.id, batch.kind, itemCount(batch))),
        stage.processor.operator,
        tap(({ batch }) => this.#telemetry.outgoing(stage.id, batch.kind, itemCount(batch))),
      )
    }
    if (stage.processor.kind === 'fold') throw new Error(`${stage.id} remembers behind its chain`)
    const { id, host } = stage
    const { processor } = stage
    return source.pipe(
      concatMap((delivery) => {
        const passed = runMap({ id, host, processor }, delivery.batch, this.#telemetry)
        if ('origins' in passed) return of({ ...delivery, batch: passed })
        delivery.settle(passed)
        return EMPTY
      }),
    )
  }

  /** One delivery to every exporter of a pipeline; its outcome is the worst of theirs. */
  #fanOut({ pipeline }: Branch, delivery: Delivery): void {
    const { exporters } = pipeline
    const twice = () => this.#telemetry.settledTwice(pipeline.id)
    const settles = shareSettle(exporters.length, delivery.settle, twice)
    for (const [at, id] of exporters.entries()) {
      this.#toExporter(id, destinationKey(pipeline.id, id), {
        ...delivery,
        settle: settles[at] ?? delivery.settle,
      })
    }
  }

  #toExporter(id: string, key: string, delivery: Delivery): void {
    const { batch, settle, slots, done, awaitsResult } = delivery
    if (done?.has(key)) return settle(delivered)
    const input = this.#inputs.get(id)
    if (input === undefined) return settle({ kind: 'retryable', reason: `${id} has stopped` })
    const exported = this.#tracing?.exporting(id, batch)
    const once = this.#inHandOf(id, (outcome) => {
      exported?.(outcome)
      if (outcome.kind === 'delivered') done?.add(key)
      settle(outcome)
    })
    const waits = awaitsResult ? { awaitsResult } : {}
    input.next({ batch, settle: once, ...ownSlots(slots, key), ...waits })
  }

  /** Settles once; what is still open when the component is lost is settled for it. */
  #inHandOf(component: string, settle: (outcome: Outcome) => void): (outcome: Outcome) => void {
    const inHand = this.#inHand.get(component) ?? new Set()
    this.#inHand.set(component, inHand)
    const once = settleOnce(
      (outcome) => {
        inHand.delete(once)
        settle(outcome)
      },
      () => this.#telemetry.settledTwice(component),
    )
    inHand.add(once)
    return once
  }

  #run(
    key: string,
    id: string,
    open: Map<string, Subject<Delivery>>,
    stream: Observable<unknown>,
  ): void {
    const end = stream.pipe(
      catchError((cause) => {
        open.delete(id)
        this.#onLost(id, cause)
        const outcome: Outcome = { kind: 'retryable', reason: `${id} was lost` }
        for (const settle of [...(this.#inHand.get(id) ?? [])]) settle(outcome)
        return EMPTY
      }),
      ignoreElements(),
    )
    const done = new Subject<never>()
    this.#ends.set(key, lastValueFrom(done, { defaultValue: undefined }))
    this.#subscriptions.push(end.subscribe(done))
  }
}

function ownSlots(slots: Slots | undefined, key: string): { readonly slots?: Slots } {
  const own = slots?.get(key)
  return own === undefined ? {} : { slots: new Map([[key, own]]) }
}
