import { compileActions } from '../../src/actions/act.ts'
import { protects } from '../../src/actions/action.ts'
import type { Batch } from '../../src/component/batch.ts'
import { defineProcessor } from '../../src/component/factory.ts'
import { guardBatches, mapBatches } from '../../src/component/map-batches.ts'
import { forEachLogRecord } from '../../src/pdata/logs.ts'
import { forEachDataPoint } from '../../src/pdata/metrics.ts'
import { Edits, edit } from '../../src/pdata/overlay.ts'
import type { Payload } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { config } from './config.ts'
import type { Item } from './match.ts'

/** Changes the attributes of spans, log records and data points. */
export const attributesProcessor = defineProcessor({
  type: 'attributes',
  stability: 'beta',
  config,
  create({ actions, include, exclude }) {
    const act = compileActions(actions)
    const isMeant = (item: Item) => (include?.(item) ?? true) && !(exclude?.(item) ?? false)
    const changed = (batch: Batch): Batch => {
      if (batch.kind === 'alerts') return batch
      const edits = new Edits()
      forEachItem(batch.payload, (item) => {
        if (!isMeant(item)) return
        act(item, batch.metadata, (change) => edits.item(item.index, change))
      })
      return edits.isEmpty ? batch : { ...batch, payload: edit(batch.payload, edits) }
    }
    return actions.some(protects) ? guardBatches(changed) : mapBatches(changed)
  },
})

function forEachItem(payload: Payload, visit: (item: Item) => void): void {
  if (payload.signal === 'traces') forEachSpan(payload, visit)
  else if (payload.signal === 'logs') forEachLogRecord(payload, visit)
  else forEachDataPoint(payload, visit)
}
