import { z } from 'zod'
import { comesLater } from '../../src/config/fields.ts'
import {
  dataPointContext,
  logContext,
  metricContext,
  spanContext,
} from '../../src/ottl/contexts.ts'
import { type Names, parseCondition } from '../../src/ottl/parse.ts'
import type { Condition } from '../../src/ottl/syntax.ts'

/** A condition as it is written and as it is read. */
export interface WrittenCondition {
  readonly text: string
  readonly condition: Condition
}

/** Conditions in the subset of OTTL that items of a context have. */
function conditions(names: Names) {
  const one = z.string().transform((text, context): WrittenCondition => {
    const condition = parseCondition(names, text)
    if (typeof condition !== 'string') return { text, condition }
    context.addIssue({ code: 'custom', message: condition })
    return z.NEVER
  })
  return z.array(one).prefault([])
}

const old = () => comesLater('write what is to be dropped as conditions')
const inferred = (instead: string) => comesLater(`write the conditions under ${instead}`)

export const config = z.strictObject({
  error_mode: z
    .enum(['propagate', 'ignore', 'silent'])
    .default('propagate')
    .describe(
      'What a condition that fails does: stop the batch, or not hold, with or without a log.',
    ),
  traces: z
    .strictObject({
      span: conditions(spanContext).describe('A span is dropped when one of these holds.'),
      spanevent: comesLater('write conditions on spans'),
    })
    .prefault({})
    .describe('Conditions on traces.'),
  logs: z
    .strictObject({
      log_record: conditions(logContext).describe('A record is dropped when one of these holds.'),
      include: old(),
      exclude: old(),
    })
    .prefault({})
    .describe('Conditions on logs.'),
  metrics: z
    .strictObject({
      metric: conditions(metricContext).describe('A metric is dropped when one of these holds.'),
      datapoint: conditions(dataPointContext).describe(
        'A data point is dropped when one of these holds, and its metric with the last of them.',
      ),
      include: old(),
      exclude: old(),
    })
    .prefault({})
    .describe('Conditions on metrics.'),
  spans: old(),
  profiles: comesLater('there are no profiles pipelines'),
  trace_conditions: inferred('traces.span'),
  log_conditions: inferred('logs.log_record'),
  metric_conditions: inferred('metrics.metric or metrics.datapoint'),
})

export type Config = z.output<typeof config>
