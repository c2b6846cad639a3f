import { z } from 'zod'
import { duration, stringList } from '../../src/config/fields.ts'

export const config = z
  .strictObject({
    timeout: duration()
      .prefault('200ms')
      .describe('How long a batch waits for more; 0 sends at once.'),
    send_batch_size: z
      .int()
      .nonnegative()
      .default(8192)
      .describe('Items with which a batch is sent before its time; 0 sends at once.'),
    send_batch_max_size: z
      .int()
      .nonnegative()
      .default(0)
      .describe('Most items of a batch that is sent, larger ones are split; 0 is no limit.'),
    metadata_keys: stringList()
      .prefault([])
      .transform((keys) => keys.map((key) => key.toLowerCase()))
      .superRefine((keys, context) => {
        for (const [at, key] of keys.entries()) {
          if (keys.indexOf(key) === at) continue
          const message = `duplicate entry in metadata_keys: "${key}" (case-insensitive)`
          context.addIssue({ code: 'custom', path: [at], message })
        }
      })
      .describe('Request headers whose values keep batches apart; the receiver must keep headers.'),
    metadata_cardinality_limit: z
      .int()
      .positive()
      .default(1000)
      .describe('Most combinations of those values that wait at the same time.'),
  })
  .refine((it) => it.send_batch_max_size === 0 || it.send_batch_max_size >= it.send_batch_size, {
    path: ['send_batch_max_size'],
    error: 'must be greater or equal to send_batch_size',
  })

export type Config = z.output<typeof config>
