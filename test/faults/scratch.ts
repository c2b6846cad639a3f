import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const mib = 2 ** 20

/** A small form takes seconds; a busy machine may make minutes of them. */
export const smallFormMs = 90_000

/** A directory that is gone after the test, when everything that was started in it is. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'faults-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }))
  return directory
}

/** Resolves after a while: for moments of chance, and between two looks at what nobody tells. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Looks again and again until something is true; throws with what it saw last. */
export async function eventually<T>(
  look: () => Promise<T>,
  isTrue: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const startMs = performance.now()
  for (;;) {
    const seen = await look()
    if (isTrue(seen)) return seen
    if (performance.now() - startMs > withinMs) {
      throw new Error(`still not so after ${withinMs} ms: ${JSON.stringify(seen)}`)
    }
    await pause(25)
  }
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / mib)
}
