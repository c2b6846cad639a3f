import { type Batch, factsBatch, itemCount, type PipelineKind } from '../component/batch.ts'
import type { Fold, FoldContext } from '../component/processor.ts'
import type { LogRecord } from '../component/record.ts'
import type { Fact } from '../facts/fact.ts'
import type { AttributeValue } from '../pdata/overlay.ts'
import type { Payload } from '../pdata/payload.ts'
import type { FoldStage } from './instances.ts'
import { applyMarks, type Mark } from './marks.ts'
import type { Telemetry } from './telemetry.ts'

/** What a source sent to the pipelines that name it. */
export interface Emission {
  readonly source: string
  readonly kind: PipelineKind
  readonly batch: Batch
}

/** One call of one fold while one record is folded: its context, and what it did through it. */
export class FoldPass implements FoldContext {
  readonly id: string
  readonly atMs: number
  readonly offset: number
  readonly emissions: Emission[] = []
  readonly #stage: FoldStage
  readonly #batch: Batch | undefined
  readonly #telemetry: Telemetry
  readonly #facts: Fact[] = []
  readonly #marks: Mark[] = []
  readonly #later: Batch[] = []

  /** @param batch the batch that passes, or `undefined` where a due time or a record is handled */
  constructor(stage: FoldStage, record: LogRecord, batch: Batch | undefined, telemetry: Telemetry) {
    this.id = stage.id
    this.atMs = record.atMs
    this.offset = record.offset
    this.#stage = stage
    this.#batch = batch
    this.#telemetry = telemetry
  }

  /** Runs `work`; a throw is counted and gives `undefined`: what only learns lets the batch pass. */
  call<T>(work: (fold: Fold, context: FoldContext) => T): T | undefined {
    if (this.#batch) this.#telemetry.incoming(this.id, this.#batch.kind, itemCount(this.#batch))
    try {
      return work(this.#stage.processor, this)
    } catch (cause) {
      this.#telemetry.threw(this.#stage, cause)
      return undefined
    }
  }

  // Bound, because a fold takes what it needs out of its context: `({ atMs, mark }) => …`.
  add = (fact: Fact): void => {
    this.#facts.push(fact)
  }

  mark = (fact: Fact, name: string, value: AttributeValue): void => {
    this.#marks.push({ traceId: fact.traceId, spanId: fact.spanId, name, value })
  }

  later = (batch: Batch): void => {
    this.#later.push(batch)
  }

  emit = (kind: PipelineKind, batch: Batch): void => {
    this.emissions.push({ source: this.id, kind, batch })
  }

  /** The passing batch as it goes on, with the facts and marks that this fold added. */
  enriched(batch: Batch): Batch {
    this.#telemetry.outgoing(this.id, batch.kind, itemCount(batch))
    if (batch.kind === 'alerts') return batch
    const payload = this.#marked(batch.payload)
    if (payload === batch.payload && this.#facts.length === 0) return batch
    return { ...batch, payload, facts: [...batch.facts, ...this.#facts] }
  }

  #marked(payload: Payload): Payload {
    if (this.#marks.length === 0) return payload
    try {
      return applyMarks(payload, this.#marks)
    } catch (cause) {
      this.#telemetry.threw(this.#stage, cause)
      return payload
    }
  }

  /** What travels on its own: facts added where no batch passed, then batches given to `later`. */
  laterBatches(kind: PipelineKind): readonly Batch[] {
    const alone = this.#batch === undefined || this.#batch.kind === 'alerts'
    if (!alone || this.#facts.length === 0 || kind === 'alerts') return this.#later
    return [factsBatch(kind, this.#facts), ...this.#later]
  }
}
