import { z } from 'zod'
import { attributeActions } from '../../src/actions/config.ts'
import { comesLater } from '../../src/config/fields.ts'
import { type Match, matchOf } from './match.ts'

const names = () => z.array(z.string()).optional()
const instead = 'match services, span_names, metric_names, attributes or resources'
const pairs = () =>
  z
    .array(
      z.strictObject({
        key: z.string().min(1, 'must not be empty'),
        value: z.unknown().optional(),
      }),
    )
    .optional()

const written = z.strictObject({
  match_type: z
    .enum(['strict', 'regexp'])
    .describe('`strict` compares, `regexp` looks for a pattern anywhere in the text.'),
  regexp: z
    .looseObject({})
    .optional()
    .describe('Accepted for otelcol\u2019s sake: patterns take linear time, so there is no cache.'),
  services: names().describe('One of these is the resource\u2019s `service.name`.'),
  span_names: names().describe('One of these is the name of the span; nothing else has one.'),
  metric_names: names().describe('One of these is the name of the metric; nothing else has one.'),
  attributes: pairs().describe(
    'Each of these `{ key, value }` is there; without a value, the key.',
  ),
  resources: pairs().describe('The same on the resource.'),
  span_kinds: comesLater(instead),
  log_bodies: comesLater(instead),
  log_severity_texts: comesLater(instead),
  log_severity_number: comesLater(instead),
  libraries: comesLater(instead),
})

/** Which items are meant. */
const match = () =>
  written
    .transform((it, context): Match => {
      const match = matchOf(it, (path, message) => {
        context.addIssue({ code: 'custom', path: [...path], message })
        return undefined
      })
      return match ?? z.NEVER
    })
    .optional()

export const config = z.strictObject({
  actions: attributeActions().describe('Changes of each item, made in their order.'),
  include: match().describe('Only items that match are changed.'),
  exclude: match().describe('Of those, items that match are not.'),
})
