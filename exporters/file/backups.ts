import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'

/**
 * A name for the file as it was until now, such as `spans-2026-01-31T23-59-59.000.jsonl`; it comes
 * after those of all earlier ones, even where the clock was set back.
 */
export async function nextBackup(path: string, nowMs: number): Promise<string> {
  const times = await timesOf(path)
  const newestMs = times.length === 0 ? 0 : millis(times.at(-1) ?? '')
  return named(path, new Date(Math.max(nowMs, newestMs + 1)))
}

/** Removes the oldest files of a path beyond those to keep. */
export async function removeOld(path: string, keep: number): Promise<void> {
  const times = await timesOf(path)
  for (const time of times.slice(0, Math.max(0, times.length - keep))) {
    await rm(named(path, new Date(millis(time))), { force: true })
  }
}

/** The times in the names of a path's backups, oldest first. */
async function timesOf(path: string): Promise<string[]> {
  const extension = extname(path)
  const prefix = `${basename(path, extension)}-`
  const names = await readdir(dirname(path))
  return names
    .filter((name) => name.startsWith(prefix) && name.endsWith(extension))
    .map((name) => name.slice(prefix.length, name.length - extension.length))
    .filter((time) => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}$/.test(time))
    .filter((time) => !Number.isNaN(millis(time)))
    .toSorted()
}

function millis(time: string): number {
  return Date.parse(`${time.slice(0, 11)}${time.slice(11).replaceAll('-', ':')}Z`)
}

function named(path: string, at: Date): string {
  const extension = extname(path)
  const time = at.toISOString().replaceAll(':', '-').replace('Z', '')
  return join(dirname(path), `${basename(path, extension)}-${time}${extension}`)
}
