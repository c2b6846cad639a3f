import { z } from 'zod'
import { comesLater } from '../../config/fields.ts'

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
        .default(1000)
        .describe('Capacity, waiting and in flight together, in units of `sizer`.'),
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
      storage: comesLater('the queue is in memory'),
      batch: comesLater('batches are sent as they came'),
    })
    .prefault({})
    .describe('Batches on their way to the destination.')
}

export type QueueConfig = z.output<ReturnType<typeof sendingQueue>>
