import { createNoopMeter, type Meter } from '@opentelemetry/api'
import type { Catalogue } from '../../src/component/factory.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import { machineScheduler } from '../../src/component/scheduler.ts'
import { components } from '../../src/components.ts'
import type { LoadedConfig } from '../../src/config/load.ts'
import { type Built, buildEngine } from '../../src/pipeline/engine.ts'
import type { GraphConfig } from '../../src/pipeline/graph-config.ts'
import { recordingLog } from '../support/settings.ts'

/** What a test may hand in of its own. */
export interface BuildingOptions {
  readonly catalogue?: Catalogue
  readonly log?: ReturnType<typeof recordingLog>
  readonly meter?: Meter
}

/** The engine of a configuration, built and not started. */
export function built(config: GraphConfig, options: BuildingOptions = {}): Built {
  const { catalogue = components, log = recordingLog(), meter = createNoopMeter() } = options
  return buildEngine({
    config,
    catalogue,
    environment: {
      scheduler: machineScheduler,
      random: Math.random,
      log: () => log,
      meter,
      memory: new MemoryLedger(256 * 2 ** 20),
    },
  })
}

/** The part of a loaded configuration that the graph is built from. */
export function graphOf({
  receivers,
  processors,
  exporters,
  service,
}: Pick<LoadedConfig, 'receivers' | 'processors' | 'exporters' | 'service'>): GraphConfig {
  return { receivers, processors, exporters, pipelines: [...service.pipelines.values()] }
}
