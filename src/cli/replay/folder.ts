import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../component/log.ts'
import { type ConfigOptions, load } from '../load.ts'
import { type Product, reasonOf, type Terminal, UsageError } from '../product.ts'
import { type Captured, readExpected } from './captured.ts'
import { type Replayed, replaySteps } from './replay-steps.ts'
import { readSteps, type Step } from './steps.ts'

/** A pipeline folder, replayed. */
export interface ReplayedFolder extends Replayed {
  /** What `expected.json` says; `undefined` where there is none yet. */
  readonly expected: readonly Captured[] | undefined
}

/** Runs a pipeline folder's `input.json` through its `pipeline.yaml`. */
export async function replayFolder(
  folder: string,
  { config, set }: ConfigOptions,
  product: Product,
  { env }: Pick<Terminal, 'env'>,
  log: Log,
): Promise<ReplayedFolder> {
  const sources = [join(folder, 'pipeline.yaml'), ...config]
  const loaded = await load({ config: sources, set }, product, { env })
  const steps = await readInput(join(folder, 'input.json'))
  const replayed = await replaySteps(loaded, product.components, steps, log)
  return { ...replayed, expected: await expectedOf(folder) }
}

async function readInput(file: string): Promise<Step[]> {
  try {
    return readSteps(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: ${reasonOf(cause)}`, { cause })
  }
}

async function expectedOf(folder: string): Promise<readonly Captured[] | undefined> {
  const text = await readFile(join(folder, 'expected.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : readExpected(text)
}
