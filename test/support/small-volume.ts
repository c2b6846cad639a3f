import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { type Declare, skipped } from './needs.ts'

/** A volume of its own that is full soon. */
export interface SmallVolume {
  readonly directory: string
  /** Everything on it is gone. */
  [Symbol.dispose](): void
}

/** Mounts a volume in memory; throws where that is not allowed. */
export function smallVolume(mebibytes: number): SmallVolume {
  const directory = mkdtempSync(join(tmpdir(), 'small-volume-'))
  try {
    system('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', directory])
  } catch (cause) {
    rmdirSync(directory)
    throw new Error('cannot mount a small volume', { cause })
  }
  return {
    directory,
    [Symbol.dispose]() {
      // Lazily, so that a file that a failed test left open keeps nothing mounted.
      system('umount', ['-l', directory])
      rmdirSync(directory)
    },
  }
}

/** `test` where a small volume can be mounted; elsewhere such tests are skipped, by name. */
export function needsSmallVolume(): Declare {
  try {
    smallVolume(1)[Symbol.dispose]()
    return test
  } catch {
    return skipped('needs a small volume, and this user may not mount one')
  }
}

function system(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore', timeout: 10_000 })
}
