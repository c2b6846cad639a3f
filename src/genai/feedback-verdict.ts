import type { SpanView } from '../pdata/spans.ts'
import { numberIn, textIn } from './scalars.ts'
import type { VerdictPart } from './span-record.ts'
import { type Saying, verdictOf } from './verdict.ts'
import type { VerdictRules } from './verdict-polarity.ts'

/**
 * What a person said of a span through Logfire, whose annotation is a child of what it is about. The
 * value stands in an attribute that is called like the feedback: a bool asserts, a number is a score,
 * a text a label. `pydantic/logfire: logfire/experimental/annotations.py`.
 */
export function feedbackVerdict(
  span: SpanView,
  name: string,
  rules: VerdictRules,
): VerdictPart | undefined {
  let said: Pick<Saying, 'score' | 'label'> | undefined
  span.forEachAttribute((key, value) => {
    if (said !== undefined || key !== name) return
    const bool = value.asBool()
    if (bool !== undefined) said = assertion(bool)
    else if (value.kind === 'string') said = { label: textIn(value) }
    else said = { score: numberIn(value) }
  })
  return verdictOf(
    {
      name,
      ...said,
      annotator: 'human',
      traceId: span.traceIdHex(),
      spanId: span.parentSpanIdHex(),
    },
    rules,
  )
}

/** Holds or not, whatever the name is: an assertion is about what should be. */
export function assertion(holds: boolean): Pick<Saying, 'score' | 'label'> {
  return holds ? { score: 1, label: 'pass' } : { score: 0, label: 'fail' }
}
