import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'vitest'

/** Declares a test. */
export type Declare = (name: string, body: () => Promise<void>, timeoutMs?: number) => void

/**
 * `test` where a program is on the machine. Elsewhere such tests are skipped; their names and one
 * line on the terminal say why.
 *
 * @param program as it would be typed, such as `go`
 * @param unlessSet an environment variable that makes the program needless, if set
 */
export function needs(program: string, unlessSet?: string): Declare {
  if (unlessSet !== undefined && process.env[unlessSet]) return test
  if (isOnPath(program)) return test
  const or = unlessSet === undefined ? '' : `, and ${unlessSet} is not set`
  return skipped(`needs ${program}, which is not on this machine${or}`)
}

/** Declares tests that do not run, for a reason that is shown. */
export function skipped(reason: string): Declare {
  let isSaid = false
  return (name) => {
    if (!isSaid) console.warn(`skipped: ${reason}`)
    isSaid = true
    test.skip(`${name} (${reason})`, () => {})
  }
}

export function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((it) => it !== '')
  return folders.some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
