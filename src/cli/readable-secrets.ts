import { stat } from 'node:fs/promises'
import type { LoadedConfig } from '../config/load.ts'
import type { Path } from '../config/problem.ts'

/** The configuration files that every user of the machine can read, where secrets stand in them. */
export async function readableSecrets(
  sources: readonly string[],
  config: Pick<LoadedConfig, 'asWritten' | 'hides'>,
): Promise<string[]> {
  if (process.platform === 'win32' || !holdsSecret(config.asWritten, [], config.hides)) return []
  const files = sources.map((it) => it.replace(/^file:/, ''))
  const readable = await Promise.all(files.map(isReadableByAll))
  return files.filter((_, index) => readable[index])
}

/** Whether a secret stands there itself; a `${…}` only says where it is kept. */
function holdsSecret(value: unknown, path: Path, hides: LoadedConfig['hides']): boolean {
  if (typeof value === 'string') {
    return hides(path) === 'everything' && value.replace(/\$\{[^}]*\}/g, '').trim() !== ''
  }
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, it]) => {
    const step = Array.isArray(value) ? Number(key) : key
    return holdsSecret(it, [...path, step], hides)
  })
}

async function isReadableByAll(file: string): Promise<boolean> {
  try {
    return ((await stat(file)).mode & 0o004) !== 0
  } catch {
    return false // `yaml:` and `env:` sources are no files
  }
}
