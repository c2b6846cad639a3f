import {
  catchError,
  concatMap,
  EMPTY,
  ignoreElements,
  lastValueFrom,
  type Observable,
  of,
  Subject,
  Subscription,
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
import type { Exporter } from '../component/factory.ts'
import { destinationKey } from './destinations.ts'
import type { Instances, Stage } from './instances.ts'
import { runMap } from './map-stage.ts'
import type { Branch, Plan } from './plan.ts'
import type { Telemetry } from './telemetry.ts'
import type { Tracing } from './tracing.ts'

/** What became of a component's stream: it ended, or it was lost to an error. */
export type OnLost = (component: string, cause: unknown) => void

/** One running stream: an exporter's, or that of what stands behind a chain. */
interface Line {
  readonly id: string
  readonly input: Subject<Delivery>
  /** Resolves once it has ended; never rejects. */
  readonly ended: Promise<unknown>
  /** What it has in hand, so that it can be answered when the component is lost. */
  readonly inHand: Set<(outcome: Outcome) => void>
  readonly subscription: Subscription
  /** Whether something may still be put in. */
  isOpen: boolean
}

/** The lines of one plan, by id; exporters that stay are in the flow before and the flow after. */
export interface Flow {
  readonly pipelines: ReadonlyMap<string, Line>
  readonly exporters: ReadonlyMap<string, Line>
}

const nothing: Flow = { pipelines: new Map(), exporters: new Map() }

/**
 * The flowing part of the graph: what stands behind the chains, and the exporters. The only
 * subjects and, with the receivers, the only subscriptions of the product.
 */
export class Streams {
  readonly #telemetry: Telemetry
  readonly #onLost: OnLost
  readonly #tracing: Tracing | undefined
  readonly #byExporter = new Map<Exporter, Line>()
  /** Every line that has not ended, of whatever flow. */
  readonly #lines = new Set<Line>()
  #flow: Flow = nothing

  constructor(telemetry: Telemetry, onLost: OnLost, tracing?: Tracing) {
    this.#tracing = tracing
    this.#telemetry = telemetry
    this.#onLost = onLost
  }

  /** Subscribes from the sinks backwards to what does not run yet; nothing is sent into it. */
  open(plan: Plan, instances: Instances): Flow {
    const exporters = new Map<string, Line>()
    for (const [id, { exporter }] of instances.exporters) {
      const running = this.#byExporter.get(exporter)
      const line = running ?? this.#line(id, (source) => exporter.consume(source))
      this.#byExporter.set(exporter, line)
      exporters.set(id, line)
    }
    const pipelines = new Map<string, Line>()
    for (const branch of plan.branches) {
      const { id } = branch.pipeline
      const flow = (source: Observable<Delivery>) =>
        branch.suffix
          .reduce<Observable<Delivery>>((it, stage) => this.#stage(it, stage), source)
          .pipe(tap((it) => this.#fanOut(branch, exporters, it)))
      pipelines.set(id, this.#line(id, flow))
    }
    return { pipelines, exporters }
  }

  /** Sends into this flow from here on; returns the one before. */
  use(flow: Flow): Flow {
    const before = this.#flow
    this.#flow = flow
    return before
  }

  /** Ends what only an earlier flow has: first its pipelines, then exporters that nobody shares. */
  async retire(before: Flow): Promise<void> {
    for (const line of before.pipelines.values()) await complete(line)
    const staying = new Set(this.#flow.exporters.values())
    const leaving = [...before.exporters.values()].filter((it) => !staying.has(it))
    await Promise.all(leaving.map((line) => complete(line)))
    for (const [exporter, line] of this.#byExporter) {
      if (leaving.includes(line)) this.#byExporter.delete(exporter)
    }
  }

  /** Cuts off what {@link retire} is not through with. */
  cutOff(before: Flow): void {
    const staying = new Set(this.#flow.exporters.values())
    for (const line of before.pipelines.values()) cut(line)
    for (const line of before.exporters.values()) if (!staying.has(line)) cut(line)
    for (const [exporter, line] of this.#byExporter) {
      if (!line.isOpen && !staying.has(line)) this.#byExporter.delete(exporter)
    }
  }

  /** Sends a delivery into what stands behind a chain; its pipeline may have been set up anew. */
  send(branch: Branch, delivery: Delivery): void {
    const { id } = branch.pipeline
    const line = this.#flow.pipelines.get(id)
    if (line === undefined) {
      delivery.settle({
        kind: 'permanent',
        reason: `the pipeline ${id} is not configured any more`,
      })
    } else if (!line.isOpen) {
      delivery.settle({ kind: 'retryable', reason: `${id} has stopped` })
    } else line.input.next({ ...delivery, settle: this.#inHandOf(line, delivery.settle) })
  }

  /** Ends a pipeline's input; resolves once everything held in it has gone on. */
  async complete(pipeline: string): Promise<void> {
    const line = this.#flow.pipelines.get(pipeline)
    if (line) await complete(line)
  }

  /** Ends an exporter's input; resolves once it has drained. */
  async drain(exporter: string): Promise<void> {
    const line = this.#flow.exporters.get(exporter)
    if (line) await complete(line)
  }

  /** Stops everything now; what is sent from here on is told so. */
  abort(): void {
    for (const line of this.#lines) cut(line)
  }

  /** Stops a flow that never came into use, but for the exporters that it shares. */
  discard(flow: Flow): void {
    for (const line of flow.pipelines.values()) cut(line)
    for (const [exporter, line] of this.#byExporter) {
      if (this.#flow.exporters.get(line.id) === line) continue
      if (flow.exporters.get(line.id) !== line) continue
      cut(line)
      this.#byExporter.delete(exporter)
    }
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
  #fanOut({ pipeline }: Branch, lines: ReadonlyMap<string, Line>, delivery: Delivery): void {
    const { exporters } = pipeline
    const twice = () => this.#telemetry.settledTwice(pipeline.id)
    const settles = shareSettle(exporters.length, delivery.settle, twice)
    for (const [at, id] of exporters.entries()) {
      this.#toExporter(lines.get(id), id, destinationKey(pipeline.id, id), {
        ...delivery,
        settle: settles[at] ?? delivery.settle,
      })
    }
  }

  #toExporter(line: Line | undefined, id: string, key: string, delivery: Delivery): void {
    const { batch, settle, slots, done, awaitsResult } = delivery
    if (done?.has(key)) return settle(delivered)
    if (!line?.isOpen) return settle({ kind: 'retryable', reason: `${id} has stopped` })
    const exported = this.#tracing?.exporting(id, batch)
    const once = this.#inHandOf(line, (outcome) => {
      exported?.(outcome)
      if (outcome.kind === 'delivered') done?.add(key)
      settle(outcome)
    })
    const waits = awaitsResult ? { awaitsResult } : {}
    line.input.next({ batch, settle: once, ...ownSlots(slots, key), ...waits })
  }

  /** Settles once; what is still open when the component is lost is settled for it. */
  #inHandOf({ id, inHand }: Line, settle: (outcome: Outcome) => void): Delivery['settle'] {
    const once = settleOnce(
      (outcome) => {
        inHand.delete(once)
        settle(outcome)
      },
      () => this.#telemetry.settledTwice(id),
    )
    inHand.add(once)
    return once
  }

  #line(id: string, flow: (source: Observable<Delivery>) => Observable<unknown>): Line {
    const input = new Subject<Delivery>()
    const inHand: Line['inHand'] = new Set()
    const done = new Subject<never>()
    const ended = lastValueFrom(done, { defaultValue: undefined })
    const stream = flow(input).pipe(
      catchError((cause) => {
        line.isOpen = false
        this.#onLost(id, cause)
        const outcome: Outcome = { kind: 'retryable', reason: `${id} was lost` }
        for (const settle of [...inHand]) settle(outcome)
        return EMPTY
      }),
      ignoreElements(),
    )
    const subscription = new Subscription()
    const line: Line = { id, input, inHand, ended, subscription, isOpen: true }
    this.#lines.add(line)
    subscription.add(stream.subscribe(done))
    void ended.then(() => this.#lines.delete(line))
    return line
  }
}

async function complete(line: Line): Promise<void> {
  line.isOpen = false
  line.input.complete()
  await line.ended
}

function cut(line: Line): void {
  line.isOpen = false
  line.subscription.unsubscribe()
}

function ownSlots(slots: Slots | undefined, key: string): { readonly slots?: Slots } {
  const own = slots?.get(key)
  return own === undefined ? {} : { slots: new Map([[key, own]]) }
}
