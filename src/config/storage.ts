import { z } from 'zod'
import { duration, type Millis, mib } from './fields.ts'

/** When what was written is made safe against a power loss; `interval` may lose what is younger. */
export type Fsync = 'always' | 'never' | { readonly interval: Millis }

/** What lies on disk, and how much of it. */
export interface StorageConfig {
  /** As written; a relative one starts where the collector was started. */
  readonly directory: string
  readonly keep: 'state' | 'requests'
  readonly fsync: Fsync
  readonly max_size_mib: number
  /** Of the queues of destinations; the ingest log refuses and never drops. */
  readonly when_full: 'reject' | 'block' | 'drop_oldest'
  readonly max_age?: Millis | undefined
  readonly segment_size_mib: number
  /** 0 where repeated requests are not told apart. */
  readonly request_window: Millis
}

const fsync = z
  .union([z.enum(['always', 'never']), z.strictObject({ interval: positive() })], {
    error: 'must be always, never or { interval: 1s }',
  })
  .default('always')
  .describe(
    'When a write is made safe against a power loss: `always` before it counts as written, `never` ' +
      'leaves it to the operating system, `{ interval: 1s }` may lose what is younger than that.',
  )

/** The block `service.storage`. */
export const storage = z
  .strictObject({
    directory: z
      .string()
      .min(1)
      .describe('Where it lies, made if missing; a relative path starts at the working directory.'),
    keep: z
      .enum(['state', 'requests'])
      .default('state')
      .describe(
        'What is kept: `state` is numbers, names and hashes alone; `requests` is also all that was ' +
          'received, messages included, until every destination has it.',
      ),
    fsync,
    max_size_mib: mib().default(1024).describe('What all files together may take.'),
    when_full: z
      .enum(['reject', 'block', 'drop_oldest'])
      .default('reject')
      .describe(
        'What a full queue of a destination does: `reject` and `block` are the same and let batches ' +
          'wait in the ingest log until there is room, `drop_oldest` drops its oldest and counts ' +
          'it. Receivers always refuse, with a hint to come again.',
      ),
    max_age: positive()
      .optional()
      .describe(
        'What has waited longer for its destination is dropped and counted; off if absent.',
      ),
    segment_size_mib: mib()
      .max(64)
      .default(16)
      .describe('Size of one file; space comes back in whole files.'),
    request_window: duration()
      .prefault('10m')
      .describe('How long a repeated request is recognised and not counted again; 0 is never.'),
  })
  .superRefine(({ max_size_mib, segment_size_mib }, context) => {
    const least = leastSegments * segment_size_mib
    if (max_size_mib >= least) return
    const message = `must be at least ${leastSegments} segments: write ${least} or more, or a smaller segment_size_mib`
    context.addIssue({ code: 'custom', message, path: ['max_size_mib'], input: max_size_mib })
  })

/** One being written, one being read, one kept free, and one to spare. */
const leastSegments = 4

/** Settings that say nothing where no requests are kept. */
export const onlyForRequests = ['when_full', 'max_age', 'segment_size_mib', 'request_window']

/** What otelcol's `file_storage` may say; what it comes to, {@link settleStorage} says. */
export const fileStorage = z.strictObject({
  directory: z
    .string()
    .min(1)
    .default('/var/lib/otelcol/file_storage')
    .describe('Where everything lies that is kept on disk, made if missing.'),
  fsync: z
    .boolean()
    .optional()
    .describe('`true` is fsync: always, which also holds if absent; `false` is fsync: never.'),
  create_directory: idle('the directory is made where it is missing'),
  directory_permissions: idle('nobody but the owner may read it'),
  timeout: idle('who comes second is refused at once'),
  compaction: idle('space comes back without it'),
  recreate: idle('what is damaged is set aside and the rest is used'),
})

function idle(because: string) {
  return z.unknown().optional().describe(`Has no effect: ${because}.`)
}

function positive() {
  return duration().refine((it) => it > 0, 'must be greater than 0')
}
