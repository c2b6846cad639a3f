import { labelText, shortText } from './short-text.ts'
import type { VerdictPart } from './span-record.ts'
import { isPassed, type VerdictRules } from './verdict-polarity.ts'

/** What a sender says of an output, before we know what it means. */
export interface Saying extends Partial<Omit<VerdictPart, 'isPassed'>> {
  readonly name: string
}

/** The most verdicts of one span; further ones are left out. */
export const maxVerdicts = 64

/** A verdict from what was said; `undefined` when it has no name. */
export function verdictOf(saying: Saying, rules: VerdictRules): VerdictPart | undefined {
  const name = shortText(saying.name)
  if (name === undefined) return undefined
  const { score } = saying
  const label = labelText(saying.label)
  return {
    name,
    score,
    label,
    isPassed: saying.errorType === undefined ? isPassed({ name, score, label }, rules) : undefined,
    confidence: saying.confidence,
    annotator: saying.annotator,
    evaluator: shortText(saying.evaluator),
    evaluatorVersion: shortText(saying.evaluatorVersion),
    responseId: shortText(saying.responseId),
    scope: saying.scope ?? 'span',
    errorType: shortText(saying.errorType),
    traceId: saying.traceId ?? '',
    spanId: saying.spanId ?? '',
  }
}
