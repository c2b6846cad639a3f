import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import { decodeEntry, type Entry } from './entry.ts'
import { linesOf } from './lines.ts'
import { firstSeqOf, segmentNames } from './segments.ts'

/** Which entries; what is missing asks for nothing. */
export interface AuditQuery {
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** A type, or its first words: `config` asks for `config.load` too. */
  readonly type?: string | undefined
  readonly actor?: string | undefined
  readonly sinceMs?: number | undefined
  /** The newest so many. */
  readonly limit: number
}

export interface FoundEntries {
  /** Oldest first. */
  readonly entries: readonly Entry[]
  /** Whether older ones match as well. */
  readonly hasMore: boolean
  /** Lines that could not be read; the verifier says why. */
  readonly unreadable: number
}

/** Looks through the files, newest first, until it has enough; checks no hashes. */
export async function newestEntries(
  files: FileSystem,
  directory: string,
  query: AuditQuery,
): Promise<FoundEntries> {
  const names = await segmentNames(files, directory)
  const wanted = names.filter((name, at) => overlaps(name, names[at + 1], query))
  let entries: Entry[] = []
  let unreadable = 0
  for (const name of wanted.toReversed()) {
    const found: Entry[] = []
    const room = query.limit + 1 - entries.length
    for await (const { bytes, hasBreak } of linesOf(files, join(directory, name))) {
      const entry = decodeEntry(bytes)
      if (typeof entry !== 'string') {
        if (matches(entry, query)) found.push(entry)
        if (found.length > room) found.shift()
      } else if (hasBreak) unreadable++
    }
    entries = [...found, ...entries]
    if (entries.length > query.limit) break
  }
  const hasMore = entries.length > query.limit
  return { entries: hasMore ? entries.slice(1) : entries, hasMore, unreadable }
}

function overlaps(name: string, next: string | undefined, { from = 0, to }: AuditQuery): boolean {
  const isBefore = next !== undefined && firstSeqOf(next) <= from
  return !isBefore && (to === undefined || firstSeqOf(name) <= to)
}

function matches(entry: Entry, { from, to, type, actor, sinceMs }: AuditQuery): boolean {
  if (from !== undefined && entry.seq < from) return false
  if (to !== undefined && entry.seq > to) return false
  if (sinceMs !== undefined && Date.parse(entry.at) < sinceMs) return false
  if (actor !== undefined && entry.actor !== actor) return false
  return type === undefined || entry.type === type || entry.type.startsWith(`${type}.`)
}
