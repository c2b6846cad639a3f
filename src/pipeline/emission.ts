import type { Batch, PipelineKind } from '../component/batch.ts'
import { type Outcome, worst } from '../component/delivery.ts'
import { joined } from './door.ts'
import type { Outbox } from './outbox.ts'
import type { Plan } from './plan.ts'
import { runBefore } from './sequencer.ts'
import type { Telemetry } from './telemetry.ts'

export interface Emitting {
  readonly plan: Plan
  readonly outbox: Outbox
  readonly telemetry: Telemetry
}

/** Sends what a source emits outside of a fold: all destinations take it, or none. */
export async function emit(
  { plan, outbox, telemetry }: Emitting,
  source: string,
  kind: PipelineKind,
  batch: Batch,
): Promise<Outcome> {
  if (kind === 'alerts') {
    return { kind: 'permanent', reason: 'alerts come from folds, so that a replay repeats them' }
  }
  const ended: Outcome[] = []
  const outputs = plan.trunks(source, kind).flatMap((trunk) => {
    const passed = runBefore(trunk, { ...batch, leases: [] }, telemetry)
    if ('origins' in passed) return trunk.branches.map((branch) => ({ branch, batch: passed }))
    ended.push(passed)
    return []
  })
  const refused = ended.find((it) => it.kind === 'retryable')
  if (refused !== undefined) return refused
  if (outputs.length === 0) return worst(ended)
  return new Promise((resolve) =>
    outbox.attempt(outputs, (outcome) => resolve(joined(ended, outcome))),
  )
}
