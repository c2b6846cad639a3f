import { decodeView } from './content/decode.ts'
import { isObject, type Json } from './content/json.ts'
import { assertion } from './feedback-verdict.ts'
import type { Source } from './sources.ts'
import type { VerdictPart } from './span-record.ts'
import type { Values } from './values.ts'
import { maxVerdicts, type Saying, verdictOf } from './verdict.ts'
import type { VerdictRules } from './verdict-polarity.ts'

/** Where the results of a case are; each is a JSON object of results by name. */
interface CaseSources {
  readonly caseAssertions: Source
  readonly caseScores: Source
  readonly caseLabels: Source
}

/**
 * The verdicts of one case of an offline evaluation, about the span of the case. The value of an
 * assertion is a bool, of a score a number, of a label a text. `pydantic/pydantic-ai: pydantic_evals`.
 */
export function caseVerdicts(
  values: Values,
  { caseAssertions, caseScores, caseLabels }: CaseSources,
  rules: VerdictRules,
): readonly VerdictPart[] {
  const results = [caseAssertions, caseScores, caseLabels].flatMap((source) =>
    resultsIn(values, source),
  )
  return results.slice(0, maxVerdicts).flatMap(([name, result]) => {
    const said = sayingOf(isObject(result) ? result.value : result)
    return said === undefined ? [] : (verdictOf({ name, ...said }, rules) ?? [])
  })
}

function resultsIn(values: Values, source: Source): readonly [string, Json][] {
  const view = values.view(source)
  if (view === undefined || view.sizeBytes > maxBytes) return []
  const { value } = decodeView(view)
  return isObject(value) ? Object.entries(value) : []
}

/** Reasons of a judge may be long. */
const maxBytes = 262_144

function sayingOf(value: Json | undefined): Pick<Saying, 'score' | 'label'> | undefined {
  if (typeof value === 'boolean') return assertion(value)
  if (typeof value === 'number') return { score: value }
  return typeof value === 'string' ? { label: value } : undefined
}
