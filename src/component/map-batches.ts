import type { Batch } from './batch.ts'
import type { Outcome } from './delivery.ts'
import type { MapProcessor } from './processor.ts'

/** A processor that changes batches and only learns or shapes: an error lets the batch pass. */
export function mapBatches(map: (batch: Batch) => Batch | Outcome): MapProcessor {
  return { kind: 'map', map, onError: 'open' }
}

/** A processor that protects: what it cannot check does not pass. */
export function guardBatches(map: (batch: Batch) => Batch | Outcome): MapProcessor {
  return { kind: 'map', map, onError: 'closed' }
}
