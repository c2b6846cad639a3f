import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import { Chain, type Finding, type Noted } from './chain.ts'
import type { Head } from './entry.ts'
import { headName, readHead } from './head-file.ts'
import { linesOf } from './lines.ts'
import { segmentNames } from './segments.ts'

/** What looking through a whole log gave. */
export interface Verdict {
  readonly files: number
  /** Good entries before the finding, or all. */
  readonly entries: number
  /** The last good entry. */
  readonly end: Head
  /** The first that is wrong; `undefined` where nothing is. */
  readonly finding?: Finding
  /**
   * Bytes behind the last entry that are none yet: one is being written, or was when the power
   * failed. The next start cuts them off.
   */
  readonly tornBytes: number
  /** Entries that are older than the one before: a clock was set back, or was wrong. */
  readonly backwards: number
}

export interface VerifyOptions {
  readonly files: FileSystem
  readonly directory: string
  /** A head that was noted where whoever owns this machine cannot change it. */
  readonly expect?: Head | undefined
}

/**
 * Reads every entry, oldest first and a piece at a time, and names the first that is not what was
 * written. The head file is read before the chain, so a log that is being written to may be checked.
 */
export async function verifyAudit({ files, directory, expect }: VerifyOptions): Promise<Verdict> {
  const found = await readHead(files, directory)
  const names = await segmentNames(files, directory)
  const noted: Noted[] = []
  if (found.kind === 'head') noted.push({ head: found.head, by: 'the head file' })
  if (expect) noted.push({ head: expect, by: '--expect' })
  const chain = new Chain(noted)
  for (const name of names) {
    chain.begin(name, name === names.at(-1))
    for await (const line of linesOf(files, join(directory, name))) {
      chain.take(line)
      if (chain.isSettled) break
    }
    chain.end()
    if (chain.isSettled) break
  }
  chain.finish()
  if (found.kind !== 'head' && !chain.finding) {
    const problem = `the head file is ${found.kind}, so a cut at the end would not be seen`
    chain.report({ seq: chain.last.seq + 1, file: headName, line: 1, problem })
  }
  const { finding, entries, last, tornBytes, backwards } = chain
  return {
    files: names.length,
    entries,
    end: { seq: last.seq, hash: last.hash },
    ...(finding && { finding }),
    tornBytes,
    backwards,
  }
}
