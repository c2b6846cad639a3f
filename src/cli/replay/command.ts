import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../component/log.ts'
import type { Signal } from '../../pdata/signal.ts'
import { createLogging } from '../../telemetry/logging.ts'
import { type ConfigOptions, graphOf, load } from '../load.ts'
import { type Product, type Terminal, UsageError } from '../product.ts'
import { differences } from './differences.ts'
import { replayFolder } from './folder.ts'
import { readOtlpFile } from './otlp-file.ts'
import { outline } from './outline.ts'
import { type Replayed, replaySteps } from './replay-steps.ts'

export interface ReplayOptions extends ConfigOptions {
  readonly write?: boolean
  readonly signal?: Signal
}

/** Shows what comes out of a pipeline for recorded input; nothing listens and nothing is sent. */
export async function replay(
  path: string,
  options: ReplayOptions,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const { log } = createLogging({ level: 'warn', encoding: 'console', outputPaths: ['stderr'] })
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new UsageError(`there is no file and no folder ${path}`)
  if (found.isDirectory()) return folder(path, options, product, terminal, log)

  const config = options.config.length > 0 ? options.config : ['collector.yaml']
  const loaded = await load({ config, set: options.set }, product, terminal)
  const steps = await readOtlpFile(path, graphOf(loaded), options.signal)
  return show(await replaySteps(loaded, product.components, steps, log), terminal)
}

async function folder(
  path: string,
  options: ReplayOptions,
  product: Product,
  terminal: Terminal,
  log: Log,
): Promise<number> {
  const { expected, ...replayed } = await replayFolder(path, options, product, terminal, log)
  const code = show(replayed, terminal)
  if (options.write) {
    const file = join(path, 'expected.json')
    await writeFile(file, `${JSON.stringify(replayed.captured, null, 2)}\n`)
    terminal.out(`wrote ${file}\n`)
    return code
  }
  if (expected === undefined) {
    terminal.out('there is no expected.json: --write makes one of this\n')
    return code
  }
  const lines = differences(expected, replayed.captured)
  if (lines.length === 0) terminal.out('as expected\n')
  else terminal.err(`not as expected:\n${lines.map((it) => `  ${it}\n`).join('')}`)
  return lines.length === 0 ? code : 1
}

function show({ captured, answers, componentErrors }: Replayed, { out, err }: Terminal): number {
  for (const batch of captured) out(outline(batch))
  for (const answer of answers) {
    if (answer.kind !== 'delivered')
      out(`a request was refused, ${answer.kind}: ${answer.reason}\n`)
  }
  if (componentErrors > 0) err(`Error: components failed ${componentErrors} times, see the log\n`)
  return componentErrors > 0 ? 1 : 0
}
