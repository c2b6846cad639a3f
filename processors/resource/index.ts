import { compileActions } from '../../src/actions/act.ts'
import { protects } from '../../src/actions/action.ts'
import type { Batch } from '../../src/component/batch.ts'
import { defineProcessor } from '../../src/component/factory.ts'
import { guardBatches, mapBatches } from '../../src/component/map-batches.ts'
import { forEachResource } from '../../src/pdata/envelope.ts'
import { Edits, edit } from '../../src/pdata/overlay.ts'
import { config } from './config.ts'

/** Changes the attributes of resources: what telemetry says about who sent it. */
export const resourceProcessor = defineProcessor({
  type: 'resource',
  stability: 'beta',
  config,
  create({ attributes }) {
    const act = compileActions(attributes)
    const changed = (batch: Batch): Batch => {
      if (batch.kind === 'alerts') return batch
      const edits = new Edits()
      forEachResource(batch.payload, (resource) => {
        act(resource, batch.metadata, (change) => edits.resource(resource.index, change))
      })
      return edits.isEmpty ? batch : { ...batch, payload: edit(batch.payload, edits) }
    }
    return attributes.some(protects) ? guardBatches(changed) : mapBatches(changed)
  },
})
