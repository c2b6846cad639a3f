import { join } from 'node:path'
import type { Head } from '../audit/entry.ts'
import { type Verdict, verifyAudit } from '../audit/verify.ts'
import { nodeFileSystem } from '../storage/file-system.ts'
import { type AuditPlace, findAudit } from './audit-place.ts'
import type { Product, Terminal } from './product.ts'

export interface AuditVerifyOptions {
  readonly expect?: Head
  readonly json: boolean
}

/** Checks a whole log; the exit code is 1 where something is wrong. */
export async function auditVerify(
  { expect, json, ...place }: AuditVerifyOptions & AuditPlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const directory = await findAudit(place, product, terminal)
  const verdict = await verifyAudit({ files: nodeFileSystem, directory, expect })
  terminal.out(json ? asJson(verdict) : shown(verdict, directory, expect))
  return verdict.finding === undefined ? 0 : 1
}

function asJson({ files, entries, end, finding, tornBytes, backwards }: Verdict): string {
  const document = {
    files,
    entries,
    head: { seq: end.seq, hash: end.hash },
    finding: finding ?? null,
    torn_bytes: tornBytes,
    backwards,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function shown(verdict: Verdict, directory: string, expect: Head | undefined): string {
  const { files, entries, end, finding, tornBytes, backwards } = verdict
  const head = `${end.seq}:${end.hash}`
  const notes = [
    ...(tornBytes > 0
      ? [`${tornBytes} bytes at the end are no entry yet: one is being written, or a crash tore it`]
      : []),
    ...(backwards > 0 ? [`${backwards} times a clock went backwards between two entries`] : []),
  ]
  if (finding) {
    const { seq, file, line, problem } = finding
    const place = `${join(directory, file)}:${line}  entry ${seq}`
    const good = entries === 0 ? [] : [`${entries} entries before it are good, up to ${head}`]
    return lines([place, `    ${problem}`, ...good, ...notes])
  }
  const advice =
    expect || entries === 0
      ? []
      : [
          'Who can write all of these files can write them anew. Keep this head elsewhere, and',
          `later check against it: --expect ${head}`,
        ]
  const counts = `${entries} entries in ${files} ${files === 1 ? 'file' : 'files'}`
  return lines([`${counts}: all as they were written`, ...notes, ...advice])
}

function lines(its: readonly string[]): string {
  return its.map((it) => `${it}\n`).join('')
}
