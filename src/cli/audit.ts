import { type Command, InvalidArgumentError } from 'commander'
import type { Head } from '../audit/entry.ts'
import { parseDuration } from '../config/duration.ts'
import type { AuditPlace } from './audit-place.ts'
import { type AuditShowOptions, auditShow } from './audit-show.ts'
import { type AuditVerifyOptions, auditVerify } from './audit-verify.ts'
import type { Product, Terminal } from './product.ts'

/** Adds what people do with the audit log to `audit`. */
export function auditCommands(
  audit: Command,
  withConfig: (command: Command) => Command,
  product: Product,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const withPlace = (command: Command) =>
    withConfig(command).option(
      '--directory <directory>',
      'instead of --config: the storage directory, or a copy of its audit directory',
    )
  audit.description('look into the tamper-evident log of commands and configurations')

  withPlace(audit.command('verify'))
    .description('check the whole log, and name the first entry that is not what was written')
    .option(
      '--expect <seq:hash>',
      'a head that was noted elsewhere; without one, who can write all files of the log can ' +
        'write it anew, and nothing is found',
      head,
    )
    .option('--json', 'the verdict as JSON', false)
    .action(async (options: AuditVerifyOptions & AuditPlace) =>
      done(await auditVerify(options, product, terminal)),
    )

  withPlace(audit.command('show'))
    .description('print entries, oldest first; they are not verified')
    .option('--limit <number>', 'the newest so many (default: 20, of a range 1000)', count)
    .option('--from <seq>', 'not before this entry', count)
    .option('--to <seq>', 'not after this entry', count)
    .option('--since <time>', 'not older: 2026-11-01T00:00:00Z, or a duration as in 24h', since)
    .option('--type <type>', 'of this type, such as command; config means all config.… too')
    .option('--actor <actor>', 'of whom')
    .option('--json', 'the lines as they are in the log', false)
    .action(async (options: AuditShowOptions & AuditPlace) =>
      done(await auditShow(options, product, terminal)),
    )
}

function head(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError('must be a number, a colon and 64 hex digits, as verify prints')
  }
  return { seq: Number(seq), hash }
}

function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number')
  return Number(text)
}

/** Milliseconds since the Unix epoch. */
function since(text: string): number {
  const duration = parseDuration(text)
  if (typeof duration === 'number') return Date.now() - duration
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError('must be a time as in 2026-11-01T00:00:00Z, or as in 24h')
  }
  return time
}
