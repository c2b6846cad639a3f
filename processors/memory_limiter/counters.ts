import type { Meter } from '@opentelemetry/api'
import { type Batch, itemCount, type PipelineKind } from '../../src/component/batch.ts'
import { itemNames } from '../../src/component/item-names.ts'

/** Items let through and refused, in otelcol's names; the series exist from the first batch on. */
export class Counters {
  readonly #processor: string
  readonly #ofKind: ReadonlyMap<PipelineKind, ReturnType<typeof counters>>

  constructor(meter: Meter, processor: string, kinds: readonly PipelineKind[]) {
    this.#processor = processor
    this.#ofKind = new Map(kinds.map((kind) => [kind, counters(meter, kind)]))
  }

  count(batch: Batch, isRefused: boolean): void {
    const items = itemCount(batch)
    const attributes = { processor: this.#processor }
    const counter = this.#ofKind.get(batch.kind)
    counter?.accepted.add(isRefused ? 0 : items, attributes)
    counter?.refused.add(isRefused ? items : 0, attributes)
  }
}

function counters(meter: Meter, kind: PipelineKind) {
  const { plural, unit } = itemNames[kind]
  const counter = (what: string, description: string) =>
    meter.createCounter(`otelcol_processor_memory_limiter_${what}_${plural}`, { unit, description })
  return {
    accepted: counter('accepted', 'Items let through.'),
    refused: counter('refused', 'Items refused because memory was short.'),
  }
}
