import { bytesOf, replace } from '../storage/log.fixture.ts'
import { SimulatedFileSystem } from '../storage/simulated-file-system.ts'
import { AuditLog, type AuditLogOptions } from './audit-log.ts'
import type { NewEntry } from './entry.ts'
import { type Verdict, verifyAudit } from './verify.ts'

export const directory = '/audit'

export const silent = { warn() {}, error() {} }

/** 2026-11-01T00:00:00.000Z. */
export const startMs = Date.UTC(2026, 10, 1)

export function anEntry(text: string): NewEntry {
  return { type: 'test', actor: 'user:ana', body: { text } }
}

/** A log whose clock goes on by a second with every look. */
export function aLog(
  files: SimulatedFileSystem,
  options: Partial<AuditLogOptions> = {},
): Promise<AuditLog> {
  let ms = startMs
  const now = () => {
    ms += 1000
    return ms
  }
  return AuditLog.open({ files, directory, now, log: silent, segmentBytes: 700, ...options })
}

/** What lies in the directory. */
export async function contents(files: SimulatedFileSystem): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const name of (await files.readDirectory(directory)).toSorted()) {
    found.set(name, await bytesOf(files, `${directory}/${name}`))
  }
  return found
}

/** A disk that holds this. */
export async function diskWith(
  held: ReadonlyMap<string, Uint8Array>,
): Promise<SimulatedFileSystem> {
  const files = new SimulatedFileSystem()
  await files.makeDirectory(directory)
  for (const [name, bytes] of held) await replace(files, `${directory}/${name}`, bytes)
  return files
}

export async function verified(held: ReadonlyMap<string, Uint8Array>): Promise<Verdict> {
  return verifyAudit({ files: await diskWith(held), directory })
}

/** A whole log of that many entries, in several files, closed. */
export async function aWholeLog(entries: number): Promise<Map<string, Buffer>> {
  const files = new SimulatedFileSystem()
  const log = await aLog(files)
  for (let at = 0; at < entries; at++) await log.append(anEntry(`number ${at}`))
  await log.close()
  return contents(files)
}
