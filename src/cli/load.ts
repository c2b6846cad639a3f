import { type LoadedConfig, loadConfig, locateProblems } from '../config/load.ts'
import { formatProblems, type Problem } from '../config/problem.ts'
import { type Built, buildEngine, type Engine, type EngineOptions } from '../pipeline/engine.ts'
import type { GraphConfig } from '../pipeline/graph-config.ts'
import { type Product, reasonOf, type Terminal, UsageError } from './product.ts'

/** The options that name a configuration. */
export interface ConfigOptions {
  readonly config: readonly string[]
  readonly set: readonly string[]
}

/** The configuration that the options name; throws one error with all its problems. */
export async function load(
  { config, set }: ConfigOptions,
  { schemas }: Product,
  { env }: Pick<Terminal, 'env'>,
): Promise<LoadedConfig> {
  if (config.length === 0) throw new UsageError('at least one config flag must be provided')
  const result = await loadConfig(config, set, schemas, env)
  if (!result.ok) throw unusable(result.problems)
  return result.config
}

/** The engine for a configuration, not started; throws one error with all problems of the graph. */
export function build(config: LoadedConfig, options: Omit<EngineOptions, 'config'>): Engine {
  const built = created({ ...options, config: graphOf(config) })
  if (!built.ok) throw unusable(locateProblems(config, built.problems))
  return built.engine
}

/** A component may find only now that it cannot work, such as without a file that it needs. */
function created(options: EngineOptions): Built {
  try {
    return buildEngine(options)
  } catch (cause) {
    throw new UsageError(`cannot build pipelines: ${reasonOf(cause)}`, { cause })
  }
}

/** The part of a configuration that the graph is built from. */
export function graphOf({ receivers, processors, exporters, service, resolved }: LoadedConfig) {
  const section = (name: string, all: LoadedConfig['receivers']) => {
    const written = propertyOf(resolved, name)
    return new Map([...all].map(([id, it]) => [id, { ...it, written: propertyOf(written, id) }]))
  }
  const graph: GraphConfig = {
    receivers: section('receivers', receivers),
    processors: section('processors', processors),
    exporters: section('exporters', exporters),
    pipelines: [...service.pipelines.values()],
  }
  return graph
}

function propertyOf(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null) return undefined
  return Object.getOwnPropertyDescriptor(tree, key)?.value
}

/** One error with all problems of a configuration. */
export function unusable(problems: readonly Problem[]): UsageError {
  return new UsageError(`the configuration cannot be used\n${formatProblems(problems)}`)
}
