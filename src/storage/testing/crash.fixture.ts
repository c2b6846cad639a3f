import assert from 'node:assert/strict'
import type { SyncPolicy } from '../log-options.ts'
import { SimulatedFileSystem, type Survival } from '../simulated-file-system.ts'
import { seeded } from './chance.fixture.ts'
import { type LifeOptions, live, type Promised } from './lives.fixture.ts'

export interface CrashOptions {
  readonly sync: SyncPolicy
  /** Of the life that crashes: groups of three records, a snapshot behind every second. */
  readonly groups: number
  /** What of the changes that were not synced is left after the crash at a call. */
  readonly survival: (call: number) => Survival
}

/**
 * Loses power after every single system call of a life that appends, rotates, folds, snapshots,
 * acknowledges and unlinks; the life after it loses power somewhere too, the third is left alone.
 * Throws unless every start succeeds, everything that was promised is folded, and nothing twice.
 *
 * @returns the number of calls
 */
export async function crashEverywhere(options: CrashOptions): Promise<number> {
  const whole = new SimulatedFileSystem()
  await live(whole, nothing(), { ...options, name: 'first' })
  for (let call = 1; call <= whole.calls; call++) await crashAt(call, options)
  return whole.calls
}

async function crashAt(call: number, options: CrashOptions): Promise<void> {
  const chance = seeded(call)
  const promised = nothing()
  let files = new SimulatedFileSystem()
  for (const [name, last] of [
    ['first', call],
    ['second', 1 + Math.floor(chance() * 60)],
  ] as const) {
    files.faults = ({ number }) => (number === last ? { kind: 'crash' } : undefined)
    await crash(files, promised, { ...options, name })
    files = files.afterCrash(options.survival(call))
  }
  const safe = options.sync.kind === 'always' ? promised : nothing()
  const folded = await live(files, safe, { ...options, groups: 3, name: 'third' })
  const again = await live(files.afterCrash('nothing'), safe, {
    ...options,
    groups: 0,
    name: 'last',
  })
  assert.equal(new Set(again).size, again.length, `call ${call}: folded twice`)
  const isSynced = options.sync.kind === 'always'
  const missing = [...safe.appended].filter((it) => !(isSynced ? again : folded).includes(it))
  assert.deepEqual(missing, [], `call ${call}: lost`)
}

/** A life that ends with the power; what it would still do is of no interest. */
async function crash(
  files: SimulatedFileSystem,
  promised: Promised,
  options: LifeOptions,
): Promise<void> {
  await Promise.race([files.powerLost, live(files, promised, options).catch(ifPowerIsOff(files))])
}

function ifPowerIsOff(files: SimulatedFileSystem): (cause: unknown) => Promise<void> {
  return async (cause) => {
    const isOff = await Promise.race([files.powerLost.then(() => true), false])
    if (!isOff) throw cause
  }
}

function nothing(): Promised {
  return { appended: new Set() }
}
