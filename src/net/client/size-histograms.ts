import type { Attributes, Meter } from '@opentelemetry/api'
import { type Batch, itemCount, sizeBytes } from '../../component/batch.ts'

/** Boundaries as in otelcol, up to twice the usual size. */
const itemBoundaries = [10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 4000, 8000, 10_000, 16_000]

/** 1 KiB to 64 MiB, the largest request. */
const byteBoundaries = Array.from({ length: 17 }, (_, power) => 1024 * 2 ** power)

/** Records the sizes of batches, in items as `name` and in serialised bytes as `name_bytes`. */
export function sizeHistograms(meter: Meter, name: string, what: string) {
  const items = meter.createHistogram(name, {
    unit: '{unit}',
    description: `Items of ${what}.`,
    advice: { explicitBucketBoundaries: itemBoundaries },
  })
  const bytes = meter.createHistogram(`${name}_bytes`, {
    unit: 'By',
    description: `Serialised bytes of ${what}.`,
    advice: { explicitBucketBoundaries: byteBoundaries },
  })
  return (batch: Batch, attributes: Attributes): void => {
    items.record(itemCount(batch), attributes)
    bytes.record(sizeBytes(batch), attributes)
  }
}
