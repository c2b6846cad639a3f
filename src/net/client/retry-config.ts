import { z } from 'zod'
import { duration } from '../../config/fields.ts'

/** The `retry_on_failure` block, with otelcol's keys, defaults and rules. */
export function retryOnFailure() {
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
        .prefault('5m')
        .describe('Time after which a request is given up; 0 never.'),
      extra_retryable_codes: z
        .array(z.int().min(400).max(599))
        .default([])
        .describe('Further HTTP statuses worth a retry, beside 429, 502, 503 and 504.'),
    })
    .superRefine((it, context) => {
      if (!it.enabled || it.max_elapsed_time === 0) return
      for (const key of ['initial_interval', 'max_interval'] as const) {
        if (it.max_elapsed_time >= it[key]) continue
        context.addIssue({
          code: 'custom',
          path: ['max_elapsed_time'],
          message: `'max_elapsed_time' must not be less than '${key}'`,
        })
      }
    })
    .prefault({})
    .describe('Retries of failed requests.')
}

export type RetryPolicy = z.output<ReturnType<typeof retryOnFailure>>
