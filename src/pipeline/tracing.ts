import type { Batch, TelemetryBatch } from '../component/batch.ts'
import type { Outcome } from '../component/delivery.ts'

/** Follows single batches through the graph, where somebody asked for that. */
export interface Tracing {
  /** A receiver has delivered a batch. */
  received(receiver: string, batch: TelemetryBatch): RequestTrace
  /** An exporter is handed a batch; call what is returned with the outcome. */
  exporting(exporter: string, batch: Batch): ((outcome: Outcome) => void) | undefined
}

/** The way of one request. */
export interface RequestTrace {
  /** It has become the record at this offset: what is exported under that origin belongs to it. */
  committed(offset: number): void
  settled(outcome: Outcome): void
}
