import { execFileSync } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownDirectory } from './owned-directory.ts'

test('a directory has one owner, until it is released', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'owned-'))
  const owned = ownDirectory(directory)
  expect(owned).toBeDefined()
  expect(ownDirectory(directory)).toBeUndefined()
  expect(ownedByAnother(directory)).toBe('refused')
  owned?.release()
  expect(ownedByAnother(directory)).toBe('owned')
  expect(ownDirectory(directory)).toBeDefined()
})

/** What another process gets; it ends without releasing. */
function ownedByAnother(directory: string): string {
  const module = join(import.meta.dirname, 'owned-directory.ts')
  const script = `import { ownDirectory } from ${JSON.stringify(module)}
    console.log(ownDirectory(${JSON.stringify(directory)}) ? 'owned' : 'refused')
    process.kill(process.pid, 'SIGKILL')`
  try {
    return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString()
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? error.stdout : ''
    return String(output).trim()
  }
}
