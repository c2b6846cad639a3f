import type { EventView } from '../pdata/span-parts.ts'
import type { SpanView } from '../pdata/spans.ts'
import { caseVerdicts } from './case-verdicts.ts'
import { decodeView } from './content/decode.ts'
import { at } from './content/json.ts'
import { feedbackVerdict } from './feedback-verdict.ts'
import { flattenedVerdicts } from './flattened-verdicts.ts'
import { guardKeys, guardVerdict } from './guard-event.ts'
import type { Operation } from './operation.ts'
import { compileSources, type Source } from './sources.ts'
import type { VerdictPart } from './span-record.ts'
import { Values } from './values.ts'
import { type Saying, verdictOf } from './verdict.ts'
import type { VerdictRules } from './verdict-polarity.ts'

/** What a verdict says of itself, on a span, an event of a span or a record of the log. */
export const resultKeys = {
  evaluationName: ['gen_ai.evaluation.name'],
  evaluationScore: ['gen_ai.evaluation.score.value'],
  evaluationLabel: ['gen_ai.evaluation.score.label'],
  evaluationResponseId: ['gen_ai.response.id'],
  evaluationErrorType: ['error.type'],
  evaluatorVersion: ['gen_ai.evaluation.evaluator.version'],
  /** JSON that names the evaluator and its arguments. */
  evaluatorSource: ['gen_ai.evaluation.evaluator.source'],
} as const satisfies Record<string, readonly string[]>

/** Where verdicts are looked for on a span. */
export const evaluationKeys = {
  ...resultKeys,
  /** There when verdicts of OpenInference are: their keys hold a number, so that all have to be read. */
  evaluationMarks: ['', 'trace.', 'session.'].flatMap((scope) => [
    `${scope}evaluations.0.evaluation.name`,
    `${scope}annotations.0.annotation.name`,
  ]),
  /** Names the attribute that holds what people said in Logfire. */
  feedbackName: ['logfire.feedback.name'],
  /** Results of a case of pydantic-evals, each a JSON object. */
  caseAssertions: ['assertions'],
  caseScores: ['scores'],
  caseLabels: ['labels'],
} as const satisfies Record<string, readonly string[]>

export type ResultSources = Readonly<Record<keyof typeof resultKeys, Source>>
export type EvaluationSources = Readonly<Record<keyof typeof evaluationKeys, Source>>

/** What decides which kinds of verdicts a span may have. */
export interface JudgedSpan {
  readonly operation: Operation
  readonly name: string | undefined
}

const none: readonly VerdictPart[] = []

/**
 * The verdicts in a span's attributes. All of them are walked only where a key says that it is worth
 * it, or for the span of an evaluator. Sources: `gen_ai.evaluation.*` of the GenAI conventions,
 * `Arize-ai/openinference: spec/semantic_conventions.md`, `pydantic/logfire:
 * logfire/experimental/annotations.py`, `pydantic/pydantic-ai: pydantic_evals`.
 */
export function readVerdicts(
  span: SpanView,
  values: Values,
  keys: EvaluationSources,
  { operation, name }: JudgedSpan,
  rules: VerdictRules,
): readonly VerdictPart[] {
  const feedback = values.text(keys.feedbackName)
  if (feedback !== undefined) return asList(feedbackVerdict(span, feedback, rules))
  if (operation === 'evaluator' || values.has(keys.evaluationMarks)) {
    return [...asList(readResult(values, keys, rules)), ...flattenedVerdicts(span, rules)]
  }
  if (values.has(keys.evaluationName)) return asList(readResult(values, keys, rules))
  if (name?.startsWith('case: ')) return caseVerdicts(values, keys, rules)
  return none
}

/** The verdict in an event of a span; it is about the span that has the event. */
export function readVerdictEvent(
  name: string,
  event: EventView,
  rules: VerdictRules,
): VerdictPart | undefined {
  if (name === 'gen_ai.evaluation.result') {
    eventValues.reset(event.attributes(results.matcher))
    return readResult(eventValues, results.of, rules)
  }
  if (name !== 'guard.evaluation') return undefined
  eventValues.reset(event.attributes(guards.matcher))
  return guardVerdict(eventValues, guards.of, rules)
}

const eventValues = new Values()
const results = compileSources(resultKeys)
const guards = compileSources(guardKeys)

/** The one verdict that `gen_ai.evaluation.*` attributes say. */
export function readResult(
  values: Values,
  keys: ResultSources,
  rules: VerdictRules,
): VerdictPart | undefined {
  const name = values.text(keys.evaluationName)
  if (name === undefined) return undefined
  const evaluator = evaluatorOf(values, keys)
  return verdictOf(
    {
      name,
      score: values.number(keys.evaluationScore),
      label: values.text(keys.evaluationLabel),
      annotator: annotatorOf(evaluator),
      evaluator,
      evaluatorVersion: values.text(keys.evaluatorVersion),
      responseId: values.text(keys.evaluationResponseId),
      errorType: values.text(keys.evaluationErrorType),
    },
    rules,
  )
}

function evaluatorOf(values: Values, keys: ResultSources): string | undefined {
  const source = values.view(keys.evaluatorSource)
  if (source === undefined || source.sizeBytes > maxSourceBytes) return undefined
  const { value } = decodeView(source)
  const name = typeof value === 'string' ? value : at(value, 'name')
  return typeof name === 'string' ? name : undefined
}

/** The arguments of an evaluator may hold a rubric. */
const maxSourceBytes = 65_536

/** An evaluator that names a model or a judge asks one; any other is code. */
function annotatorOf(evaluator: string | undefined): Saying['annotator'] {
  if (evaluator === undefined) return undefined
  return /llm|judge/i.test(evaluator.slice(0, 256)) ? 'llm' : 'code'
}

function asList(verdict: VerdictPart | undefined): readonly VerdictPart[] {
  return verdict === undefined ? none : [verdict]
}
