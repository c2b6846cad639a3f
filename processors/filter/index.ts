import type { Batch } from '../../src/component/batch.ts'
import { delivered, type Outcome } from '../../src/component/delivery.ts'
import { defineProcessor } from '../../src/component/factory.ts'
import { guardBatches } from '../../src/component/map-batches.ts'
import type { MapProcessor } from '../../src/component/processor.ts'
import type { Settings } from '../../src/component/settings.ts'
import { filterItems } from '../../src/pdata/overlay.ts'
import type { Payload } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { config } from './config.ts'
import { type Dropper, droppersOf } from './droppers.ts'

/** Drops spans, log records, metrics and data points that a condition names. */
export const filterProcessor = defineProcessor({
  type: 'filter',
  stability: 'beta',
  config,
  create: (it, settings) => dropItems(droppersOf(it, settings.log), settings),
})

const itemNames = { traces: 'spans', logs: 'logs', metrics: 'datapoints' } as const

/** The processor over given droppers. A batch of which nothing is left is delivered here. */
export function dropItems(
  droppers: ReadonlyMap<Signal, Dropper>,
  { id, meter }: Pick<Settings, 'id' | 'meter'>,
): MapProcessor {
  const counterOf = (signal: Signal) =>
    meter.createCounter(`otelcol_processor_filter_${itemNames[signal]}.filtered`, {
      unit: '1',
      description: 'Items that were dropped because a condition held.',
    })
  const counters = new Map([...droppers.keys()].map((signal) => [signal, counterOf(signal)]))

  return guardBatches((batch: Batch): Batch | Outcome => {
    if (batch.kind === 'alerts' || batch.payload.itemCount === 0) return batch
    const dropper = droppers.get(batch.kind)
    if (dropper === undefined) return batch
    const { isDropped, count } = marked(batch.payload, dropper)
    if (count === 0) return batch
    counters.get(batch.kind)?.add(count, { filter: id })
    const payload = filterItems(batch.payload, (index) => isDropped[index] !== 1)
    const isEmpty = payload.itemCount === 0 && batch.facts.length === 0
    return isEmpty ? delivered : { ...batch, payload }
  })
}

/** A byte for each item, 1 where it is dropped; a batch may have a million of them. */
function marked(payload: Payload, dropper: Dropper) {
  const isDropped = new Uint8Array(payload.itemCount)
  let count = 0
  dropper(payload, (index) => {
    if (isDropped[index] === 1) return
    isDropped[index] = 1
    count++
  })
  return { isDropped, count }
}
