import { z } from 'zod'
import { duration } from '../../config/fields.ts'

/** otelcol's: five minutes. */
const usualElapsedMs = 300_000

/**
 * The `retry_on_failure` block, with otelcol's keys, defaults and rules, and one key of ours.
 *
 * @param extraCode schema of a code that may be named as worth a retry
 * @param usualCodes those that are anyway, for the description
 */
export function retryOnFailure<C extends z.ZodType>(extraCode: C, usualCodes: string) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether retryable failures are retried.'),
      initial_interval: duration().prefault('5s').describe('Wait before the first retry.'),
      randomization_factor: z
        .number()
        .min(0, 'randomization_factor value must be greater than or equal to 0')
        .max(1, 'randomization_factor value must be less than or equal to 1')
        .default(0.5)
        .describe('Share by which a wait is shortened or lengthened at random.'),
      multiplier: z
        .number()
        .min(0, 'multiplier value must be greater than or equal to 0')
        .default(1.5)
        .describe('Growth of the wait from one retry to the next.'),
      max_interval: duration().prefault('30s').describe('Longest wait, before chance is applied.'),
      max_elapsed_time: duration()
        .optional()
        .describe(
          'Time after which a request is given up; 0 never. Default: 5m; never where requests are ' +
            'kept on disk.',
        ),
      extra_retryable_codes: z
        .array(extraCode)
        .prefault([])
        .describe(`Further codes worth a retry, beside ${usualCodes}.`),
    })
    .superRefine((it, context) => {
      const { max_elapsed_time = usualElapsedMs } = it
      if (!it.enabled || max_elapsed_time === 0) return
      for (const key of ['initial_interval', 'max_interval'] as const) {
        if (max_elapsed_time >= it[key]) continue
        context.addIssue({
          code: 'custom',
          path: ['max_elapsed_time'],
          message: `'max_elapsed_time' must not be less than '${key}'`,
        })
      }
    })
    .transform(({ max_elapsed_time, ...it }) => ({
      ...it,
      max_elapsed_time: max_elapsed_time ?? usualElapsedMs,
      isElapsedWritten: max_elapsed_time !== undefined,
    }))
    .prefault({})
    .describe('Retries of failed requests.')
}

/** An HTTP status that may be named as worth a retry. */
export function httpFailure() {
  return z.int().min(400).max(599)
}

type Block = z.output<ReturnType<typeof retryOnFailure<z.ZodNever>>>

/** The block without the codes, which concern only the reader of answers. */
export type RetryPolicy = Omit<Block, 'extra_retryable_codes' | 'isElapsedWritten'>

/** A policy, and whether it says itself when a request is given up. */
export type WrittenRetryPolicy = RetryPolicy & Pick<Block, 'isElapsedWritten'>
