import { z } from 'zod'
import { duration } from '../../src/config/fields.ts'
import { defaultTraceOptions } from '../../src/genai/trace/options.ts'
import { defaultTrustScales } from '../../src/genai/trust.ts'

const attribute = () => z.string().min(1).optional()
const names = (most: number) => z.int().positive().max(1_000_000).default(most)

export const config = z
  .strictObject({
    settle_delay: duration()
      .prefault('10s')
      .describe('Silence after which a trace settles whose spans lead up to a root that was seen.'),
    trace_timeout: duration()
      .prefault('15m')
      .describe('Silence after which a trace settles whose root was never seen.'),
    max_trace_age: duration()
      .prefault('24h')
      .describe('Age at which a trace settles in any case; agents run for hours.'),
    late_window: duration()
      .prefault('1m')
      .describe('How long a settled trace is kept, so that late spans still join it.'),
    max_open_traces: z
      .int()
      .positive()
      .default(50_000)
      .describe('Traces kept at a time; beyond it the oldest settles early, which is counted.'),
    max_open_spans: z
      .int()
      .positive()
      .default(200_000)
      .describe('Agent spans of all those traces together; the oldest trace makes room.'),
    max_spans_per_trace: z
      .int()
      .positive()
      .default(10_000)
      .describe('Agent spans kept of one trace; further ones only add to its sums.'),
    max_skew: duration()
      .prefault('5m')
      .describe('How far in the future a span may end before its clock is not believed.'),
    normalize: z
      .enum(['missing', 'off'])
      .default('missing')
      .describe(
        'Whether spans get the canonical GenAI attributes that they lack; none is overwritten.',
      ),
    identity: z
      .strictObject({
        agent: attribute().describe('Attribute that names the agent, before all that we know.'),
        organization: attribute().describe('Attribute that says who pays, else `default`.'),
        team: attribute().describe('Attribute that names the team.'),
        user: attribute().describe('Attribute that names the user, before all that we know.'),
        conversation: attribute().describe('Attribute that names the conversation.'),
      })
      .prefault({})
      .describe('Attributes of a span, else of its resource, that say whose it is.'),
    trust_scales: z
      .record(z.string().min(1), z.number().positive())
      .prefault({ ...defaultTrustScales })
      .describe('Attributes with a trust score, and the score that is perfect; never guessed.'),
    confidence_attribute: z
      .string()
      .min(1)
      .default('agent.prediction.confidence')
      .describe('Attribute in which an agent states how sure it is.'),
    task_verdicts: z
      .array(z.string().min(1))
      .prefault([...defaultTraceOptions.taskVerdicts])
      .describe('Evaluations whose verdict is that of the task.'),
    cancel_types: z
      .array(z.string().min(1))
      .prefault([...defaultTraceOptions.cancelTypes])
      .describe('Values of `error.type` that say somebody cancelled: neither good nor bad.'),
    bad_finish_reasons: z
      .array(z.string().min(1))
      .prefault([])
      .describe('Finish reasons that make a task bad when its last call ended so: `length`, …'),
    max_names: z
      .strictObject({
        agents: names(1_000).describe('Agents.'),
        versions: names(5_000).describe('Versions of agents.'),
        services: names(1_000).describe('Services.'),
        environments: names(100).describe('Environments.'),
        models: names(1_000).describe('Models, asked for and answering together.'),
        tools: names(5_000).describe('Tools, with their servers.'),
      })
      .prefault({})
      .describe('Different names within an hour; further ones are `__other__`, which is counted.'),
  })
  .superRefine((it, context) => {
    if (it.trace_timeout < it.settle_delay) {
      const message = 'must not be shorter than settle_delay'
      context.addIssue({ code: 'custom', path: ['trace_timeout'], message })
    }
    if (it.max_trace_age < it.trace_timeout) {
      const message = 'must not be shorter than trace_timeout'
      context.addIssue({ code: 'custom', path: ['max_trace_age'], message })
    }
    if (it.max_spans_per_trace > it.max_open_spans) {
      const message = `must not be greater than max_open_spans, which is ${it.max_open_spans}`
      context.addIssue({ code: 'custom', path: ['max_spans_per_trace'], message })
    }
  })

export type Config = z.output<typeof config>
