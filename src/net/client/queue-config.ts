import { z } from 'zod'
import { componentId } from '../../config/fields.ts'
import { type Batching, batching } from './batch-config.ts'
import type { Sizer } from './queue-room.ts'

/** otelcol's, in requests. */
const usualSize = 1000

/** The `sending_queue` block, with otelcol's keys, defaults and rules. */
export function sendingQueue() {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('Whether batches wait here; without it the sender waits for the destination.'),
      num_consumers: z
        .int()
        .refine((it) => it > 0, '`num_consumers` must be positive')
        .default(10)
        .describe('Requests sent at the same time.'),
      queue_size: z
        .int()
        .refine((it) => it > 0, '`queue_size` must be positive')
        .optional()
        .describe(
          'Capacity, waiting and in flight together, in units of `sizer`. Default: 1000; where ' +
            'requests are kept on disk, what the disk may take.',
        ),
      sizer: z
        .enum(['requests', 'items', 'bytes'])
        .default('requests')
        .describe('What `queue_size` counts: batches, items, or serialised bytes.'),
      block_on_overflow: z
        .boolean()
        .default(false)
        .describe('Whether a batch waits for room instead of being refused.'),
      wait_for_result: z
        .boolean()
        .default(false)
        .describe('Whether the sender is answered only when the destination has answered.'),
      storage: componentId()
        .optional()
        .describe('Id of the `file_storage` extension that keeps the queue on disk.'),
      batch: batching(),
    })
    .superRefine(({ batch, sizer, queue_size = usualSize }, context) => {
      if (batch === undefined || batchSizer(batch.sizer, sizer) !== sizer) return
      if (batch.min_size <= queue_size) return
      const message = '`min_size` must be less than or equal to `queue_size`'
      context.addIssue({ code: 'custom', path: ['batch', 'min_size'], message })
    })
    .transform(({ batch, queue_size, ...queue }) => ({
      ...queue,
      queue_size: queue_size ?? usualSize,
      isSizeWritten: queue_size !== undefined,
      batch: withSizer(batch, queue.sizer),
    }))
    .prefault({})
    .describe('Batches on their way to the destination.')
}

type Written = z.output<ReturnType<typeof batching>>

function withSizer(batch: Written, queueSizer: Sizer): Batching | undefined {
  return batch && { ...batch, sizer: batchSizer(batch.sizer, queueSizer) }
}

/** A batch counts as its queue does, unless it says otherwise; requests cannot be merged by. */
function batchSizer(own: Batching['sizer'] | undefined, queueSizer: Sizer): Batching['sizer'] {
  return own ?? (queueSizer === 'bytes' ? 'bytes' : 'items')
}

export type QueueConfig = z.output<ReturnType<typeof sendingQueue>>
