import { createNoopMeter, type Meter } from '@opentelemetry/api'
import { onTestFinished } from 'vitest'
import type { Catalogue } from '../../src/component/factory.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import { machineScheduler } from '../../src/component/scheduler.ts'
import { components, schemas } from '../../src/components.ts'
import type { SchemaCatalogue } from '../../src/config/catalogue.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts'
import { formatProblems } from '../../src/config/problem.ts'
import { type Built, buildEngine, type Engine } from '../../src/pipeline/engine.ts'
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

/** A configuration that has to be right. */
export async function loaded(
  yaml: string,
  types: SchemaCatalogue = schemas,
): Promise<LoadedConfig> {
  const result = await loadConfig([`yaml:${yaml}`], [], types, {})
  if (!result.ok) throw new Error(formatProblems(result.problems))
  return result.config
}

/** The engine of a configuration that has to be right, not started; it ends with the test. */
export async function engineOf(yaml: string, options: BuildingOptions = {}): Promise<Engine> {
  const result = built(graphOf(await loaded(yaml, options.catalogue)), options)
  if (!result.ok) throw new Error(result.problems.map((it) => it.message).join('\n'))
  const { engine } = result
  onTestFinished(() => engine.kill())
  return engine
}

/** Where the receiver `otlp` of a running engine listens. */
export function addressesOf(engine: Engine): { readonly http: string; readonly grpc: string } {
  const listening = engine.instances.receivers.get('otlp')?.host.listening ?? []
  const of = (scheme: string) => listening.find((it) => it.startsWith(`${scheme}://`)) ?? ''
  return { http: of('http'), grpc: of('grpc').replace('grpc://', '') }
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
