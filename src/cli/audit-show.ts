import { type Entry, encodeEntry } from '../audit/entry.ts'
import { newestEntries } from '../audit/read.ts'
import { nodeFileSystem } from '../storage/file-system.ts'
import { type AuditPlace, findAudit } from './audit-place.ts'
import type { Product, Terminal } from './product.ts'
import { table } from './table.ts'

export interface AuditShowOptions {
  readonly limit?: number
  readonly from?: number
  readonly to?: number
  /** Milliseconds since the Unix epoch. */
  readonly since?: number
  readonly type?: string
  readonly actor?: string
  readonly json: boolean
}

/** Prints entries of a log, as a table or as its lines. */
export async function auditShow(
  options: AuditShowOptions & AuditPlace,
  product: Product,
  terminal: Terminal,
): Promise<number> {
  const { from, to, since, type, actor, json } = options
  const directory = await findAudit(options, product, terminal)
  const isRange = from !== undefined || to !== undefined || since !== undefined
  const limit = options.limit ?? (isRange ? 1000 : 20)
  const query = { from, to, sinceMs: since, type, actor, limit }
  const found = await newestEntries(nodeFileSystem, directory, query)
  terminal.out(json ? found.entries.map(line).join('') : shown(found.entries))
  if (found.hasMore && options.limit === undefined) {
    terminal.err('There are older ones: see --limit, --from and --to.\n')
  }
  if (found.unreadable > 0) {
    terminal.err(`${found.unreadable} lines cannot be read: see ${product.name} audit verify.\n`)
  }
  return 0
}

function line(entry: Entry): string {
  return `${encodeEntry(entry)}\n`
}

function shown(entries: readonly Entry[]): string {
  const rows = entries.map(({ seq, at, type, actor, body }) => {
    const texts = [type, actor, JSON.stringify(body)].map(printable)
    return [String(seq), at, ...texts]
  })
  return table([['SEQ', 'AT', 'TYPE', 'ACTOR', 'BODY'], ...rows])
}

/** What an actor wrote must not steer a terminal, and a line must stay one. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
}
