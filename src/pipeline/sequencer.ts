import type { Batch, Origin } from '../component/batch.ts'
import type { Outcome } from '../component/delivery.ts'
import type { AddressedBody, LogRecord, RecordBody } from '../component/record.ts'
import { type Emission, FoldPass } from './fold-pass.ts'
import type { FoldStage, MapStage } from './instances.ts'
import { runMap } from './map-stage.ts'
import type { Branch, Chain, Plan, Trunk } from './plan.ts'
import type { Telemetry } from './telemetry.ts'

/** A batch that has passed what stands before the first fold of its trunk. */
export interface Passage {
  readonly trunk: Trunk
  readonly batch: Batch
}

/** A batch that is ready for what stands behind the chain. */
export interface Output {
  readonly branch: Branch
  readonly batch: Batch
}

/** What folding one record gave. */
export interface Folded {
  readonly record: LogRecord
  /** The request itself, enriched; its client waits for what becomes of these. */
  readonly outputs: readonly Output[]
  /** Outcomes of passages that ended on the way, at a map between two folds. */
  readonly ended: readonly Outcome[]
  /** Later facts and what sources emitted; nobody outside waits for these. */
  readonly derived: readonly Output[]
}

/**
 * Gives every record its offset and its time, and folds it: due times first, then the record, then
 * what that emitted into `alerts` pipelines. One record at a time, at once, in a fixed order, so
 * that memory is a pure function of the records.
 */
export class Sequencer {
  readonly #telemetry: Telemetry
  readonly #onRecord: (record: LogRecord) => void
  #plan: Plan
  #folds: readonly FoldStage[]
  #nextOffset = 0
  #lastMs = 0
  #isFolding = false

  /** @param onRecord told of every record before it is folded */
  constructor(plan: Plan, telemetry: Telemetry, onRecord: (record: LogRecord) => void = () => {}) {
    this.#plan = plan
    this.#telemetry = telemetry
    this.#onRecord = onRecord
    this.#folds = foldsOf(plan)
  }

  /** Offset of the next record: greater than that of every record folded. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** Time of the last record, milliseconds since the Unix epoch. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** Goes on where another left off. */
  resume({ nextOffset, lastMs }: { readonly nextOffset: number; readonly lastMs: number }): void {
    this.#nextOffset = nextOffset
    this.#lastMs = lastMs
  }

  /** Earliest time for which any component waits, or `undefined`. */
  get nextDueMs(): number | undefined {
    let nextMs: number | undefined
    for (const { host } of this.#folds) {
      const dueMs = host.state.due.nextMs
      if (dueMs !== undefined && (nextMs === undefined || dueMs < nextMs)) nextMs = dueMs
    }
    return nextMs
  }

  /**
   * Folds what is no record of a log as the next one: nobody could read it again.
   *
   * @param atMs time of receipt
   * @param passages of a request: what was let through before any fold
   */
  commit(body: RecordBody, atMs: number, passages: readonly Passage[] = []): Folded {
    return this.fold({ offset: this.#nextOffset, body }, atMs, passages)
  }

  /** Folds a record; a clock that went back is held at the last record's time. */
  fold(
    { offset, body }: Omit<LogRecord, 'atMs'>,
    atMs: number,
    passages: readonly Passage[],
  ): Folded {
    const record: LogRecord = { offset, atMs: Math.max(this.#lastMs, atMs), body }
    this.#onRecord(record)
    this.#isFolding = true
    try {
      return this.#folded(record, passages)
    } finally {
      this.#isFolding = false
    }
  }

  /** Folds with another plan from the next record on. */
  use(plan: Plan): void {
    this.#plan = plan
    this.#folds = foldsOf(plan)
  }

  /** Whether a record is being folded: nothing else can become one meanwhile. */
  get isFolding(): boolean {
    return this.#isFolding
  }

  #folded(record: LogRecord, passages: readonly Passage[]): Folded {
    const { body } = record
    this.#nextOffset = record.offset + 1
    this.#lastMs = record.atMs
    this.#telemetry.record(body.kind)
    const run = new Run(record, this.#plan, this.#telemetry)
    for (const chain of this.#plan.chains) run.fireDue(chain)
    passages.forEach((passage, index) => {
      run.request(passage, index)
    })
    if ('component' in body) run.address(body)
    run.emissions()
    return { record, outputs: run.outputs, ended: run.ended, derived: run.derived }
  }
}

function foldsOf(plan: Plan): readonly FoldStage[] {
  return plan.chains.flatMap((chain) => chain.folds)
}

interface Waiting {
  readonly chain: Chain
  /** Index of the first fold that has not seen the batch. */
  readonly from: number
  readonly batch: Batch
}

/** The folding of one record. */
class Run {
  readonly outputs: Output[] = []
  readonly ended: Outcome[] = []
  readonly derived: Output[] = []
  readonly #record: LogRecord
  readonly #plan: Plan
  readonly #telemetry: Telemetry
  readonly #emissions: Emission[] = []
  readonly #waiting: Waiting[] = []
  readonly #indexes = new Map<string, number>()

  constructor(record: LogRecord, plan: Plan, telemetry: Telemetry) {
    this.#record = record
    this.#plan = plan
    this.#telemetry = telemetry
  }

  fireDue(chain: Chain): void {
    chain.folds.forEach((stage, at) => {
      const { due } = stage.host.state
      // Counted, because what is set anew in the past would be due again at once.
      for (let left = due.size; left > 0; left--) {
        const next = due.take(this.#record.atMs)
        if (next === undefined) break
        const { key } = next
        const pass = this.#pass(stage, undefined)
        pass.call((fold, context) => {
          fold.due?.(key, context)
        })
        this.#later(chain, at, pass)
        this.#travel()
      }
    })
  }

  request({ trunk, batch }: Passage, index: number): void {
    const { body } = this.#record
    const source = body.kind === 'request' ? body.receiver : ''
    const origin: Origin = {
      offset: this.#record.offset,
      component: source,
      index,
      atMs: this.#record.atMs,
    }
    const ended = this.#steps(trunk, { ...batch, origins: [origin] }, this.outputs)
    if (ended !== undefined) this.ended.push(ended)
    this.#travel()
  }

  address(body: AddressedBody): void {
    for (const chain of this.#plan.chains) {
      chain.folds.forEach((stage, at) => {
        if (stage.id !== body.component) return
        const pass = this.#pass(stage, undefined)
        pass.call((fold, context) => {
          fold.record?.(body, context)
        })
        this.#later(chain, at, pass)
        this.#travel()
      })
    }
  }

  /** Emissions may cause further ones in `alerts` pipelines; there are no cycles, so it ends. */
  emissions(): void {
    for (let next = this.#emissions.shift(); next; next = this.#emissions.shift()) {
      const { source, kind, batch } = next
      for (const trunk of this.#plan.trunks(source, kind)) {
        // Nobody could send it again, and a replay must see the same: who refuses is passed by.
        const passed = runBefore(trunk, batch, this.#telemetry, true)
        const ended = 'origins' in passed ? this.#steps(trunk, passed, this.derived) : passed
        if (ended !== undefined) this.#telemetry.derivedEnded(source, ended)
        this.#travel()
      }
    }
  }

  /** @returns the outcome of a batch that ended at a map between two folds */
  #steps(trunk: Trunk, batch: Batch, outputs: Output[]): Outcome | undefined {
    const chain = this.#plan.chains.find((it) => it.key === trunk.chain)
    let passing = batch
    for (const stage of trunk.steps) {
      const passed = this.#step(chain, stage, passing)
      if (!('origins' in passed)) return passed
      passing = passed
    }
    for (const branch of trunk.branches) outputs.push({ branch, batch: passing })
    return undefined
  }

  #step(chain: Chain | undefined, stage: FoldStage | MapStage, batch: Batch): Batch | Outcome {
    if (isMapStage(stage)) {
      const passed = runMap(stage, batch, this.#telemetry)
      // What stands before it has remembered the batch: too late to ask for it again.
      return 'origins' in passed || passed.kind !== 'retryable' ? passed : batch
    }
    const pass = this.#pass(stage, batch)
    const replaced = pass.call((fold, context) => fold.batch?.(batch, context))
    if (chain !== undefined) this.#later(chain, chain.folds.indexOf(stage), pass)
    return pass.enriched(replaced ?? batch)
  }

  #pass(stage: FoldStage, batch: Batch | undefined): FoldPass {
    return new FoldPass(stage, this.#record, batch, this.#telemetry)
  }

  /** What a fold learned for later waits until the present batch is through. */
  #later(chain: Chain, at: number, pass: FoldPass): void {
    for (const emission of pass.emissions) {
      this.#emissions.push({ ...emission, batch: this.#named(emission.source, emission.batch) })
    }
    for (const batch of pass.laterBatches(chain.lateKind)) {
      this.#waiting.push({ chain, from: at + 1, batch: this.#named(pass.id, batch) })
    }
  }

  /** Later batches go through the rest of their chain, once, and fan out. */
  #travel(): void {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#rest(next.chain, next.from, next.batch)
    }
  }

  #rest(chain: Chain, from: number, batch: Batch): void {
    let passing = batch
    const start = chain.steps.findIndex((it) => it === chain.folds[from - 1]) + 1
    for (const stage of chain.steps.slice(start)) {
      const passed = this.#step(chain, stage, passing)
      if (!('origins' in passed)) {
        return this.#telemetry.derivedEnded(passing.origins[0]?.component ?? '', passed)
      }
      passing = passed
    }
    for (const branch of chain.lateBranches) this.derived.push({ branch, batch: passing })
  }

  #named(component: string, batch: Batch): Batch {
    const index = this.#indexes.get(component) ?? 0
    this.#indexes.set(component, index + 1)
    const { offset, atMs } = this.#record
    // A passing batch's memory is its client's affair; what goes on by itself pays for itself.
    return { ...batch, leases: [], origins: [{ offset, component, index, atMs }] }
  }
}

/**
 * Runs the maps before a trunk's first fold: the batch, or the outcome with which it ends.
 *
 * @param isAdmitted whether the batch is of a record that took effect before: then who refuses for
 * the moment, such as `memory_limiter`, is passed by, since a replay must fold what was folded
 */
export function runBefore(
  trunk: Trunk,
  batch: Batch,
  telemetry: Telemetry,
  isAdmitted = false,
): Batch | Outcome {
  let passing = batch
  for (const stage of trunk.before) {
    const passed = runMap(stage, passing, telemetry)
    if ('origins' in passed) passing = passed
    else if (!isAdmitted || passed.kind !== 'retryable') return passed
  }
  return passing
}

function isMapStage(stage: FoldStage | MapStage): stage is MapStage {
  return stage.processor.kind === 'map'
}
