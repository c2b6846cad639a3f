import type { OperatorFunction } from 'rxjs'
import type { Fact } from '../facts/fact.ts'
import type { AttributeValue } from '../pdata/overlay.ts'
import type { Batch, PipelineKind } from './batch.ts'
import type { Delivery, Outcome } from './delivery.ts'
import type { AddressedBody } from './record.ts'

/** What a processor may be: a function over batches, a fold with memory, or an operator. */
export type Processor = MapProcessor | Fold | HoldingProcessor

/** Changes batches one by one, at once, and remembers nothing. */
export interface MapProcessor {
  readonly kind: 'map'
  /**
   * The changed batch, or the outcome with which it ends here: `delivered` for a batch that was
   * dropped (and counted), `retryable` for one refused, `permanent` for one that must not pass.
   */
  map(batch: Batch): Batch | Outcome
  /** What a throw means: `open` lets the batch pass unchanged, `closed` settles it permanent. */
  readonly onError: 'open' | 'closed'
}

/** Remembers: a fold over the records of the log. Its memory is `settings.state`. */
export interface Fold {
  readonly kind: 'fold'
  /** A batch passes; the returned batch goes on in its place, `undefined` lets it go on as it is. */
  batch?(batch: Batch, context: FoldContext): Batch | undefined
  /** A due time set in `settings.state.due` has come. What is added here travels later, alone. */
  due?(key: string, context: FoldContext): void
  /**
   * A record addressed to this component: a command, an upload or a result. Its body is as it was
   * given; a command's has passed the schema it was announced with, and is parsed by it again.
   */
  record?(body: AddressedBody, context: FoldContext): void
}

/** What a fold knows and may do while one record is folded. */
export interface FoldContext {
  /** Time of the record, milliseconds since the Unix epoch; the only time a fold knows. */
  readonly atMs: number
  /** Offset of the record in the log. */
  readonly offset: number
  /** Puts a fact beside the batch, or into a later delivery where no batch is passing. */
  add(fact: Fact): void
  /** Sets an attribute on the fact's span, if that span is in the passing batch. */
  mark(fact: Fact, name: string, value: AttributeValue): void
  /** Sends a batch through the rest of the chain, after the present one. */
  later(batch: Batch): void
  /** Sends what was derived to the pipelines that name this component under `receivers:`. */
  emit(kind: PipelineKind, batch: Batch): void
}

/** Holds, merges or splits deliveries; stands behind everything that remembers. */
export interface HoldingProcessor {
  readonly kind: 'operator'
  readonly operator: OperatorFunction<Delivery, Delivery>
}
