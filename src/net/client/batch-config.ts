import { z } from 'zod'
import { duration, stringList } from '../../config/fields.ts'

/** The `sending_queue.batch` block, with otelcol's keys, defaults and rules. */
export function batching() {
  return z
    .strictObject({
      flush_timeout: duration()
        .prefault('200ms')
        .superRefine((it, context) => {
          if (it > 0) return
          context.addIssue({ code: 'custom', message: '`flush_timeout` must be positive' })
        })
        .describe('Longest wait of the first part of a batch.'),
      min_size: nonNegative('min_size')
        .default(8192)
        .describe('Size at which a batch is sent without waiting, in units of `sizer`.'),
      max_size: nonNegative('max_size')
        .default(0)
        .describe('Size beyond which a batch is split; 0 is none.'),
      sizer: z
        .enum(['items', 'bytes'], { error: '`batch` supports only `items` or `bytes` sizer' })
        .optional()
        .describe('`items` or `bytes`. Default: that of the queue, `items` where it is requests.'),
      partition: z
        .strictObject({
          metadata_keys: metadataKeys().describe(
            'Headers of clients whose values are not mixed in a batch; the receiver must keep them.',
          ),
        })
        .prefault({})
        .describe('What is never merged.'),
    })
    .superRefine(({ min_size, max_size }, context) => {
      if (max_size === 0 || max_size >= min_size) return
      const message = `\`max_size\` (${max_size}) must be greater or equal to \`min_size\` (${min_size})`
      context.addIssue({ code: 'custom', path: ['max_size'], message })
    })
    .optional()
    .describe('Merges batches on their way; `{}` turns it on.')
}

/** The block as it is used: its sizer is known. */
export interface Batching
  extends Omit<NonNullable<z.output<ReturnType<typeof batching>>>, 'sizer'> {
  readonly sizer: 'items' | 'bytes'
}

function nonNegative(key: string) {
  return z.int().refine((it) => it >= 0, `\`${key}\` must be non-negative`)
}

function metadataKeys() {
  return stringList()
    .prefault([])
    .superRefine((keys, context) => {
      const seen = new Set<string>()
      for (const [at, key] of keys.entries()) {
        const name = key.toLowerCase()
        const message = `duplicate entry in metadata_keys: "${name}" (case-insensitive)`
        if (seen.has(name)) context.addIssue({ code: 'custom', path: [at], message })
        seen.add(name)
      }
    })
    .transform((keys) => keys.map((it) => it.toLowerCase()))
}
