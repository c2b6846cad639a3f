import { type Batch, itemCount } from '../component/batch.ts'
import type { Outcome } from '../component/delivery.ts'
import type { MapStage } from './instances.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * One map over one batch. A throw is a defect of the component and is counted; a map that protects
 * then stops the batch for good, any other lets it pass as it was.
 */
export function runMap(stage: MapStage, batch: Batch, telemetry: Telemetry): Batch | Outcome {
  telemetry.incoming(stage.id, batch.kind, itemCount(batch))
  const passed = mapped(stage, batch, telemetry)
  if ('origins' in passed) telemetry.outgoing(stage.id, passed.kind, itemCount(passed))
  return passed
}

function mapped(stage: MapStage, batch: Batch, telemetry: Telemetry): Batch | Outcome {
  try {
    const passed: Batch | Outcome | undefined = stage.processor.map(batch)
    if (passed === undefined) throw new TypeError('a map gave neither a batch nor an outcome')
    return passed
  } catch (cause) {
    telemetry.threw(stage, cause)
    if (stage.processor.onError === 'open') return batch
    return {
      kind: 'permanent',
      reason: `${stage.id} could not check the batch, so it did not pass`,
    }
  }
}
