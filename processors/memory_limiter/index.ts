import { itemCount } from '../../src/component/batch.ts'
import type { Retryable } from '../../src/component/delivery.ts'
import { defineProcessor } from '../../src/component/factory.ts'
import { mapBatches } from '../../src/component/map-batches.ts'
import type { MapProcessor } from '../../src/component/processor.ts'
import type { Settings } from '../../src/component/settings.ts'
import { type Config, config } from './config.ts'
import { Counters } from './counters.ts'
import { Limiter } from './limiter.ts'
import { type Machine, thisMachine } from './machine.ts'

/** What a sender is told; SDKs give up on long hints, so the hint is short. */
const refusal: Retryable = {
  kind: 'retryable',
  reason: 'data refused due to high memory usage',
  retryAfterMs: 1_000,
}

/** Refuses data while the process occupies too much memory. Stands first in its pipeline. */
export const memoryLimiterProcessor = defineProcessor({
  type: 'memory_limiter',
  stability: 'beta',
  config,
  create: (it, settings) => limitMemory(it, settings, thisMachine),
})

/** The processor in a given machine. Facts that travel alone pass: refusing them frees nothing. */
export function limitMemory(it: Config, settings: Settings, machine: Machine): MapProcessor {
  const limiter = new Limiter(it, { machine, ...settings })
  const counters = new Counters(settings.meter, settings.id, settings.kinds)
  settings.status(() => limiter.status())
  return mapBatches((batch) => {
    if (itemCount(batch) === 0) return batch
    const isRefused = limiter.mustRefuse()
    counters.count(batch, isRefused)
    return isRefused ? refusal : batch
  })
}
