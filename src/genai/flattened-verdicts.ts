import type { ValueView } from '../pdata/attributes.ts'
import type { SpanView } from '../pdata/spans.ts'
import { numberIn, textIn } from './scalars.ts'
import type { LinkPart, VerdictPart } from './span-record.ts'
import { maxVerdicts, type Saying, verdictOf } from './verdict.ts'
import type { VerdictRules } from './verdict-polarity.ts'

/**
 * Verdicts that OpenInference writes as numbered attributes, `evaluations.0.evaluation.name`. They are
 * about the span's one link, as post-hoc evaluators write them, else about the span itself.
 * `Arize-ai/openinference: spec/semantic_conventions.md`.
 */
export function flattenedVerdicts(span: SpanView, rules: VerdictRules): readonly VerdictPart[] {
  const drafts = new Map<string, Draft>()
  span.forEachAttribute((key, value) => {
    const place = key.length > maxKeyLength ? null : flattened.exec(key)
    if (place !== null) draftAt(drafts, place)?.take(place[4] ?? '', value)
  })
  if (drafts.size === 0) return []
  const target = onlyLink(span)
  return [...drafts.values()].flatMap((draft) => draft.verdict(target, rules) ?? [])
}

const flattened =
  /^(?:(trace|session)\.)?(evaluation|annotation)s\.(\d{1,5})\.\2\.(name|score|label|annotator_kind|identifier)$/
const maxKeyLength = 128

function draftAt(drafts: Map<string, Draft>, place: RegExpExecArray): Draft | undefined {
  const [, scope, list, index] = place
  const id = `${scope ?? ''} ${list} ${index}`
  const known = drafts.get(id)
  if (known !== undefined || drafts.size >= maxVerdicts) return known
  const draft = new Draft(scope === 'trace' || scope === 'session' ? scope : 'span')
  drafts.set(id, draft)
  return draft
}

const annotators: ReadonlyMap<string, Saying['annotator']> = new Map([
  ['LLM', 'llm'],
  ['CODE', 'code'],
  ['HUMAN', 'human'],
])

/** One numbered verdict while its attributes come in. */
class Draft {
  readonly #scope: VerdictPart['scope']
  #name: string | undefined
  #score: number | undefined
  #label: string | undefined
  #annotator: Saying['annotator']
  #evaluator: string | undefined

  constructor(scope: VerdictPart['scope']) {
    this.#scope = scope
  }

  take(field: string, value: ValueView): void {
    if (field === 'score') this.#score ??= numberIn(value)
    else if (field === 'name') this.#name ??= textIn(value)
    else if (field === 'label') this.#label ??= textIn(value)
    else if (field === 'identifier') this.#evaluator ??= textIn(value)
    else this.#annotator ??= annotators.get((textIn(value) ?? '').toUpperCase())
  }

  verdict(target: LinkPart | undefined, rules: VerdictRules): VerdictPart | undefined {
    if (this.#name === undefined) return undefined
    return verdictOf(
      {
        name: this.#name,
        score: this.#score,
        label: this.#label,
        annotator: this.#annotator,
        evaluator: this.#evaluator,
        scope: this.#scope,
        ...target,
      },
      rules,
    )
  }
}

function onlyLink(span: SpanView): LinkPart | undefined {
  let count = 0
  let target: LinkPart | undefined
  span.forEachLink((link) => {
    if (count++ === 0) target = { traceId: link.traceIdHex(), spanId: link.spanIdHex() }
  })
  return count === 1 ? target : undefined
}
