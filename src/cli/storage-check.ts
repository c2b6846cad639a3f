import { machineScheduler } from '../component/scheduler.ts'
import type { SegmentCheck } from '../storage/check.ts'
import { checkStore, type LogCheck, type StoreCheck } from '../storage/check-store.ts'
import { nodeFileSystem } from '../storage/file-system.ts'
import { ownDirectory } from '../storage/owned-directory.ts'
import type { Product, Terminal } from './product.ts'
import { findStorage, type StoragePlace } from './storage-place.ts'
import { table } from './table.ts'

export interface StorageCheckOptions {
  readonly json: boolean
}

/** Reads all that lies in a storage directory and changes nothing; 1 where something is damaged. */
export async function storageCheck(
  { json, ...place }: StorageCheckOptions & StoragePlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const directory = await findStorage(place, product, terminal)
  const isRunning = await isOwned(directory)
  const check = await checkStore(nodeFileSystem, directory)
  terminal.out(json ? asJson(check, isRunning) : shown(check, directory, isRunning))
  return isDamaged(check) ? 1 : 0
}

/** Whether a process has the directory now. Where nobody ever had it, nothing is made to find out. */
async function isOwned(directory: string): Promise<boolean> {
  if (!(await nodeFileSystem.readDirectory(directory)).includes('owner.lock')) return false
  try {
    const owned = ownDirectory(directory)
    owned?.release()
    return owned === undefined
  } catch {
    // A copy that may only be read is nobody's.
    return false
  }
}

function isDamaged({ logs, snapshots }: StoreCheck): boolean {
  const segments = logs.flatMap((it) => it.segments)
  return segments.some((it) => it.damaged > 0) || snapshots.some((it) => it.isDamaged)
}

function asJson({ logs, snapshots }: StoreCheck, isRunning: boolean): string {
  const document = {
    running: isRunning,
    logs: logs.map(({ name, segments, quarantinedBytes }) => ({
      name,
      quarantined_bytes: quarantinedBytes,
      segments: segments.map((it) => ({
        file: it.file,
        records: it.records,
        acknowledged: it.acknowledged,
        damaged: it.damaged,
        bytes: it.bytes,
        held_items: it.heldItems,
        oldest_unix_ms: it.oldestMs ?? null,
        error: it.error ?? null,
      })),
    })),
    snapshots: snapshots.map(({ file, bytes, isDamaged, generation }) => ({
      file,
      bytes,
      damaged: isDamaged,
      generation: generation ?? null,
    })),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function shown(check: StoreCheck, directory: string, isRunning: boolean): string {
  const { logs, snapshots } = check
  const running = isRunning
    ? [`${directory} is in use: what follows changes while it is read.\n`]
    : [`${directory} is not in use.\n`]
  const heading = ['LOG', 'SEGMENT', 'RECORDS', 'ACKNOWLEDGED', 'DAMAGED', 'BYTES', 'OLDEST HELD']
  const rows = logs.flatMap(logRows)
  const slots = snapshots.map(({ file, bytes, isDamaged, generation }) => [
    file,
    isDamaged ? 'damaged' : 'whole',
    String(generation ?? ''),
    String(bytes),
  ])
  const errors = logs.flatMap(({ name, segments }) =>
    segments.flatMap(({ file, error }) => (error ? [`${name}/${file}: ${error}\n`] : [])),
  )
  return [
    running.join(''),
    ...(rows.length > 0 ? [table([heading, ...rows])] : ['No log lies here.\n']),
    ...(slots.length > 0 ? [table([['SNAPSHOT', 'STATE', 'GENERATION', 'BYTES'], ...slots])] : []),
    ...(errors.length > 0 ? [errors.join('')] : []),
    verdict(check),
  ].join('\n')
}

/** One row for the log, one for each of its segments. */
function logRows({ name, segments }: LogCheck): string[][] {
  const whole = {
    records: sum(segments, 'records'),
    acknowledged: sum(segments, 'acknowledged'),
    damaged: sum(segments, 'damaged'),
    bytes: sum(segments, 'bytes'),
    oldestMs: segments.find((it) => it.oldestMs !== undefined)?.oldestMs,
  }
  const count = segments.length === 1 ? '1 segment' : `${segments.length} segments`
  return [[name, count, ...cells(whole)], ...segments.map((it) => ['', it.file, ...cells(it)])]
}

type Counts = Pick<SegmentCheck, 'records' | 'acknowledged' | 'damaged' | 'bytes' | 'oldestMs'>

function cells({ records, acknowledged, damaged, bytes, oldestMs }: Counts): string[] {
  const age = oldestMs === undefined ? '' : ageOf(machineScheduler.now() - oldestMs)
  return [...[records, acknowledged, damaged, bytes].map(String), age]
}

function sum(
  segments: readonly SegmentCheck[],
  what: 'records' | 'acknowledged' | 'damaged' | 'bytes',
): number {
  return segments.reduce((total, it) => total + it[what], 0)
}

/** As people say it: the largest unit that fits. */
function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

function verdict(check: StoreCheck): string {
  const quarantined = check.logs.reduce((total, it) => total + it.quarantinedBytes, 0)
  const aside =
    quarantined > 0 ? `${quarantined} damaged bytes were set aside below quarantine/.\n` : ''
  return `${aside}${isDamaged(check) ? 'Something is damaged.' : 'Nothing is damaged.'}\n`
}
