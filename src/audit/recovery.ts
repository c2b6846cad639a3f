import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import type { ActiveFile, Continuation } from './chain-writer.ts'
import { auditBroken, auditRepaired } from './entries.ts'
import { beforeAll, type Entry, type Head, type NewEntry } from './entry.ts'
import { cutOff, type Excess, excessOf } from './excess.ts'
import { type FoundHead, readHead } from './head-file.ts'
import { type Scan, scan } from './scan.ts'
import { firstSeqOf, sealedAsFound, segmentNames } from './segments.ts'

/** What a start finds. */
export interface Recovered {
  readonly continuation: Continuation
  readonly head: FoundHead
  /** The newest entry of the run before. */
  readonly last?: Entry | undefined
  /** What the log has to say about the start itself, before anything else. */
  readonly owed: readonly NewEntry[]
}

/**
 * Finds where the chain goes on. What is behind the entry that the head file names may be torn by a
 * crash, since nobody was told that it is written: it is cut off. Anything else that is wrong is
 * no crash: it stays as it is, for the verifier to find, and the chain goes on behind it.
 */
export async function recover(files: FileSystem, directory: string): Promise<Recovered> {
  const names = await segmentNames(files, directory)
  const head = await readHead(files, directory)
  if (names.length === 0 && head.kind !== 'head') {
    return { continuation: { end: beforeAll }, head: { kind: 'missing' }, owed: [] }
  }
  const noted = head.kind === 'head' ? head.head : undefined
  const scans = await scanBackwards(files, directory, names, noted)
  const whole = scans.at(-1)
  const last = whole?.last
  const before = whole && names[names.indexOf(whole.name) - 1]
  const excess =
    noted && whole && before !== undefined
      ? await excessOf(files, directory, before, whole, noted)
      : undefined
  const problem = broken(head, scans) ?? added(excess)
  if (problem !== undefined) {
    const continuation = await behind(files, directory, names, scans, noted)
    return { continuation, head, last, owed: [auditBroken({ problem, head: noted })] }
  }
  const cut: Cut[] = []
  await removeEmpty(files, directory, scans, cut)
  if (!whole?.end) return { continuation: { end: noted ?? beforeAll }, head, owed: owedFor(cut) }
  if (excess && (await cutOff(files, directory, excess))) cut.push(excess)
  const file = await goOnIn(files, directory, whole, cut)
  return { continuation: { end: whole.end, ...file }, head, last, owed: owedFor(cut) }
}

interface Cut {
  readonly file: string
  readonly bytes: number
}

function owedFor(cut: readonly Cut[]): NewEntry[] {
  return cut.filter((it) => it.bytes > 0).map(auditRepaired)
}

/** The newest file in which an entry is whole, last, and before it the newer ones without any. */
async function scanBackwards(
  files: FileSystem,
  directory: string,
  names: readonly string[],
  head: Head | undefined,
): Promise<readonly Scan[]> {
  const scans: Scan[] = []
  for (const name of names.toReversed()) {
    const found = await scan(files, directory, name, head)
    scans.push(found)
    if (found.end) break
  }
  return scans
}

/** What no crash leaves behind, in words. */
function broken(found: FoundHead, scans: readonly Scan[]): string | undefined {
  if (found.kind !== 'head') return `the head file is ${found.kind}`
  const { head } = found
  const end = scans.at(-1)?.end ?? beforeAll
  if (scans.some((it) => it.contradictsHead)) {
    return `entry ${head.seq} is not the one that was noted in the head file`
  }
  if (end.seq < head.seq) {
    return `the entries ${end.seq + 1} to ${head.seq} are missing or cannot be read`
  }
  const stray = scans.find(({ name, end: its }) => {
    const first = firstSeqOf(name)
    return !its && (first <= head.seq || first > end.seq + 1)
  })
  return stray && `${stray.name} holds no entry and does not belong there`
}

function added(excess: Excess | undefined): string | undefined {
  if (!excess || excess.isTorn) return undefined
  return `${excess.file} goes on for ${excess.bytes} bytes behind its end, which no crash leaves there`
}

/** Goes on behind all that is there, in a file of its own, so that nothing is written over. */
async function behind(
  files: FileSystem,
  directory: string,
  names: readonly string[],
  scans: readonly Scan[],
  head: Head | undefined,
): Promise<Continuation> {
  const heads = [head, ...scans.flatMap((it) => [it.end, it.beyond])].filter(
    (it) => it !== undefined,
  )
  const newest = heads.sort((a, b) => b.seq - a.seq)[0] ?? beforeAll
  const name = names.at(-1)
  if (name === undefined) return { end: newest }
  const end = { ...newest, seq: Math.max(newest.seq, firstSeqOf(name)) }
  return { end, previous: await sealedAsFound(files, directory, name) }
}

/** Takes away files in which the first write was torn. */
async function removeEmpty(
  files: FileSystem,
  directory: string,
  scans: readonly Scan[],
  cut: Cut[],
): Promise<void> {
  const empty = scans.filter((it) => !it.end)
  for (const { name, sizeBytes } of empty) {
    await files.unlink(join(directory, name)).catch(() => undefined)
    cut.push({ file: name, bytes: sizeBytes })
  }
  if (empty.length > 0) await files.syncDirectory(directory).catch(() => undefined)
}

/** Cuts off what is torn; a file that cannot be cut is sealed where its good part ends. */
async function goOnIn(
  files: FileSystem,
  directory: string,
  { name, goodBytes: bytes, sizeBytes, hash, last }: Scan,
  cut: Cut[],
): Promise<Omit<Continuation, 'end'>> {
  const active = async (): Promise<ActiveFile> => {
    const file = await files.open(join(directory, name), 'update')
    try {
      if (sizeBytes > bytes) {
        await file.truncate(bytes)
        cut.push({ file: name, bytes: sizeBytes - bytes })
      }
      // What a crash left may be in memory alone, and what follows builds on it.
      await file.datasync()
    } catch (cause) {
      await file.close().catch(() => undefined)
      throw cause
    }
    return { name, file, day: last?.at.slice(0, 10) ?? '', bytes, hash }
  }
  return active().then(
    (it) => ({ active: it }),
    () => ({ previous: { name, bytes, sha256: hash.digest('hex') } }),
  )
}
