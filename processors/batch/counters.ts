import type { Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api'
import { type Batch, itemCount, sizeBytes } from '../../src/component/batch.ts'

/** Why a batch was sent. */
export type Trigger = 'size' | 'timeout'

const itemBounds = [
  ...[10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000],
  ...[10_000, 20_000, 30_000, 50_000, 100_000],
]
const byteBounds = [
  ...[10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000],
  ...[10_000, 20_000, 30_000, 50_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000],
  ...[700_000, 800_000, 900_000, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000],
  ...[7_000_000, 8_000_000, 9_000_000],
]

/** What the processor says about its batches, in otelcol's names. */
export class Counters {
  readonly #attributes: { readonly processor: string }
  readonly #items: Histogram
  readonly #bytes: Histogram
  readonly #triggers: Readonly<Record<Trigger, Counter>>
  readonly #combinations: UpDownCounter

  constructor(meter: Meter, processor: string) {
    const name = (it: string) => `otelcol_processor_batch_${it}`
    this.#attributes = { processor }
    this.#items = meter.createHistogram(name('batch_send_size'), {
      unit: '{unit}',
      description: 'Items in the batches that were sent.',
      advice: { explicitBucketBoundaries: itemBounds },
    })
    this.#bytes = meter.createHistogram(name('batch_send_size_bytes'), {
      unit: 'By',
      description: 'Bytes in the batches that were sent.',
      advice: { explicitBucketBoundaries: byteBounds },
    })
    const trigger = (it: string, description: string) =>
      meter.createCounter(name(it), { unit: '{time}', description })
    this.#triggers = {
      size: trigger('batch_size_trigger_send', 'Times that a batch was sent for its size.'),
      timeout: trigger('timeout_trigger_send', 'Times that a batch was sent for its age.'),
    }
    this.#combinations = meter.createUpDownCounter(name('metadata_cardinality'), {
      unit: '{combination}',
      description: 'Combinations of metadata values that wait.',
    })
  }

  sent(batch: Batch): void {
    this.#items.record(itemCount(batch), this.#attributes)
    this.#bytes.record(sizeBytes(batch), this.#attributes)
  }

  triggered(by: Trigger): void {
    this.#triggers[by].add(1, this.#attributes)
  }

  combinations(change: 1 | -1): void {
    this.#combinations.add(change, this.#attributes)
  }
}
