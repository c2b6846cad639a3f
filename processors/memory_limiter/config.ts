import { z } from 'zod'
import { duration } from '../../src/config/fields.ts'

const mib = () => z.int().nonnegative().default(0)
const percentage = () => z.int().min(0).max(100).default(0)

export const config = z
  .strictObject({
    check_interval: duration()
      .prefault('0s')
      .describe('Time between two measurements; required, 1s is a good value.'),
    limit_mib: mib().describe('Hard limit of the process; wins over `limit_percentage`.'),
    spike_limit_mib: mib().describe(
      'How far below the hard limit the soft one lies; 0 is 20 % of the hard limit.',
    ),
    limit_percentage: percentage().describe(
      'Hard limit as a share of the memory of the container, else of the machine.',
    ),
    spike_limit_percentage: percentage().describe(
      'The same distance as a share of that memory; 0 is 20 % of the hard limit.',
    ),
    min_gc_interval_when_soft_limited: duration()
      .prefault('10s')
      .describe('Least time between two forced collections above the soft limit.'),
    min_gc_interval_when_hard_limited: duration()
      .prefault('0s')
      .describe('Least time between two forced collections above the hard limit.'),
    max_gc_interval_when_soft_limited: duration()
      .prefault('30s')
      .describe('To where that time doubles while collections free little; 0 never doubles it.'),
    max_gc_interval_when_hard_limited: duration()
      .prefault('30s')
      .describe('The same above the hard limit.'),
  })
  .superRefine((it, context) => {
    const problem = (key: keyof typeof it, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message })
    if (it.check_interval === 0) problem('check_interval', 'must be greater than zero: write 1s')
    if (it.limit_mib === 0 && it.limit_percentage === 0) {
      problem('limit_mib', "'limit_mib' or 'limit_percentage' must be greater than zero")
    }
    if (it.limit_mib > 0 && it.spike_limit_mib >= it.limit_mib) {
      problem('spike_limit_mib', `must be smaller than limit_mib, which is ${it.limit_mib}`)
    }
    if (it.limit_percentage > 0 && it.spike_limit_percentage >= it.limit_percentage) {
      const limit = `limit_percentage, which is ${it.limit_percentage}`
      problem('spike_limit_percentage', `must be smaller than ${limit}`)
    }
    if (it.min_gc_interval_when_soft_limited < it.min_gc_interval_when_hard_limited) {
      problem(
        'min_gc_interval_when_soft_limited',
        'must not be shorter than min_gc_interval_when_hard_limited',
      )
    }
  })

export type Config = z.output<typeof config>
