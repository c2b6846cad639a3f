import type { Clock } from './clock.ts'
import type { FileSystem } from './file-system.ts'
import type { SegmentLogOptions } from './log-options.ts'
import type { LogRecord } from './log-reader.ts'
import type { NewRecord } from './new-record.ts'
import { SegmentLog } from './segment-log.ts'

export const directory = '/log'

/** Time that stands still until a test moves it. */
export class StillClock {
  nowMs = 1_700_000_000_000
  #waiting: (() => void)[] = []

  now(): number {
    return this.nowMs
  }

  schedule(work: () => void): () => void {
    this.#waiting.push(work)
    return () => {
      this.#waiting = this.#waiting.filter((it) => it !== work)
    }
  }

  /** Everything that waits is due. */
  run(): void {
    for (const work of this.#waiting.splice(0)) work()
  }
}

/** Time that does not keep anybody waiting. */
export const hastyClock: Clock = {
  now: () => 1_700_000_000_000,
  schedule(work) {
    const soon = setImmediate(work)
    return () => clearImmediate(soon)
  },
}

let salts = 1

export function aLog(
  files: FileSystem,
  options: Partial<SegmentLogOptions> = {},
): Promise<SegmentLog> {
  return SegmentLog.open({
    files,
    directory,
    clock: new StillClock(),
    salt: () => salts++,
    sync: { kind: 'always' },
    segmentBytes: 1000,
    maxBytes: 2 ** 20,
    whenFull: 'reject',
    ...options,
  })
}

export function aRecord(text: string): NewRecord {
  return { payload: Buffer.from(text), receivedMs: 1_700_000_000_000, items: 1 }
}

/** All that a log holds now. */
export async function readAll(log: SegmentLog, position = 0): Promise<LogRecord[]> {
  const reader = log.reader(position)
  const records: LogRecord[] = []
  for (let it = await reader.next(); it; it = await reader.next()) records.push(it)
  await reader.close()
  return records
}

export async function readTexts(log: SegmentLog): Promise<string[]> {
  return (await readAll(log)).map(({ payload }) => Buffer.from(payload).toString())
}

/** What a file holds, or a new content for it. */
export async function bytesOf(files: FileSystem, path: string): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(await files.sizeBytes(path))
  const file = await files.open(path, 'read')
  await file.read(bytes, 0)
  await file.close()
  return bytes
}

export async function replace(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, 'replace')
  if (bytes.length > 0) await file.write([bytes], 0)
  await file.datasync()
  await file.close()
}
