import { availableParallelism } from 'node:os'
import type { LoadedConfig } from '../config/load.ts'
import { formatLocation, formatPath } from '../config/problem.ts'
import { createLogging, type Logging } from '../telemetry/logging.ts'
import { Collector } from './collector.ts'
import { Hangups } from './hangups.ts'
import { type ConfigOptions, load } from './load.ts'
import type { Product, Terminal } from './product.ts'
import { readableSecrets } from './readable-secrets.ts'
import { watchProcess } from './watch-process.ts'
import { finalReport, readyLines } from './words.ts'

export interface RunOptions extends ConfigOptions {
  /** How long a stop may take, in milliseconds. */
  readonly shutdownTimeout: number
  readonly featureGates?: string
}

/** Runs until a signal or until a component is lost; resolves to the exit code. */
export async function run(
  options: RunOptions,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const config = await load(options, product, terminal)
  const logging = loggingOf(config)
  const { log } = logging
  const hangups = new Hangups()
  const watch = watchProcess(log, terminal, () => hangups.hangUp())
  try {
    const onLost = (component: string, cause: unknown) => {
      log.error({ component, err: cause }, 'Asynchronous error received, terminating process')
      watch.end(1)
    }
    const read = () => load(options, product, terminal)
    const collector = await Collector.create(config, product, logging, onLost, read)
    log.info(
      { Version: product.version, NumCPU: availableParallelism() },
      `Starting ${product.name}...`,
    )
    await warn(config, options, logging)
    const around = { terminal, logging, options, hangups }
    const code = await runUntilEnd(collector, watch.ended, product, around)
    logging.flush()
    return code
  } catch (cause) {
    // The sentence is what helps; where in our code it was said is for those who look for it.
    log.error({ error: String(cause) }, 'collector server run finished with error')
    log.debug({ err: cause }, 'where the error comes from')
    throw cause
  } finally {
    watch.close()
  }
}

interface Around {
  readonly terminal: Terminal
  readonly logging: Logging
  readonly options: RunOptions
  readonly hangups: Hangups
}

async function runUntilEnd(
  collector: Collector,
  ended: Promise<number>,
  product: Product,
  { terminal, logging, options, hangups }: Around,
): Promise<number> {
  const { log } = logging
  try {
    const first = await Promise.race([collector.start(), ended])
    if (first === undefined) {
      log.info({}, 'Everything is ready. Begin running and processing data.')
      terminal.out(readyLines(collector, product))
      hangups.started(collector)
    }
    const code = await ended
    log.info({}, 'Starting shutdown...')
    const inTime = await collector.stop(options.shutdownTimeout)
    if (!inTime) log.warn({}, 'the shutdown timeout was over before everything had drained')
    const metrics = await collector.metrics.collect()
    terminal.out(finalReport(collector.engine, metrics, await collector.recordsLeft()))
    log.info({}, 'Shutdown complete.')
    return code
  } finally {
    await collector.close()
  }
}

function loggingOf({ service }: LoadedConfig): Logging {
  const { level, encoding, output_paths, sampling, initial_fields } = service.telemetry.logs
  return createLogging({
    level,
    encoding,
    outputPaths: output_paths,
    sampling,
    initialFields: initial_fields,
  })
}

/** Says what may surprise: settings without effect, secrets that others can read. */
async function warn(config: LoadedConfig, options: RunOptions, { log }: Logging): Promise<void> {
  for (const { path, message, at } of config.warnings) {
    const place = at === undefined ? '' : ` (${formatLocation(at)})`
    log.warn({}, `${formatPath(path)}${place} ${message}`)
  }
  for (const file of await readableSecrets(options.config, config)) {
    log.warn({ file }, 'the configuration holds secrets and every user can read it: chmod o-r')
  }
  if (options.featureGates !== undefined) {
    log.warn({ gates: options.featureGates }, 'there are no feature gates; the flag has no effect')
  }
}
