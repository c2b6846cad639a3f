import { createNoopMeter } from '@opentelemetry/api'
import { silentLog } from '../component/log.ts'
import { MemoryLedger } from '../component/memory.ts'
import { machineScheduler } from '../component/scheduler.ts'
import type { LoadedConfig } from '../config/load.ts'
import { printConfig } from '../config/print.ts'
import { build, type ConfigOptions, load } from './load.ts'
import type { Product, Terminal } from './product.ts'

/** Loads, checks and builds, and starts nothing; silent when all is well. */
export async function validate(
  options: ConfigOptions,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  checkGraph(await load(options, product, terminal), product)
  return 0
}

export interface PrintConfigOptions extends ConfigOptions {
  readonly format: 'yaml' | 'json'
  readonly mode: 'redacted' | 'unredacted'
  readonly validate: boolean
}

/** Writes the configuration as it is understood: merged, expanded, without secrets. */
export async function printConfigCommand(
  options: PrintConfigOptions,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const config = await load(options, product, terminal)
  if (options.validate) checkGraph(config, product)
  terminal.out(printConfig(config, options))
  return 0
}

function checkGraph(config: LoadedConfig, { components }: Product): void {
  build(config, {
    catalogue: components,
    environment: {
      scheduler: machineScheduler,
      random: Math.random,
      log: () => silentLog,
      meter: createNoopMeter(),
      memory: new MemoryLedger(config.service.memory.limit_mib * 1024 * 1024),
    },
  })
}
