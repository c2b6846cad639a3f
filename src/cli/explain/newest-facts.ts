import type { Fact } from '../../facts/fact.ts'

/** Facts by the span that they are about, each in its newest revision. */
export class NewestFacts {
  readonly #bySpan = new Map<string, Map<string, Fact>>()

  /** @param told in the order in which they were told */
  constructor(told: readonly Fact[]) {
    for (const fact of told) {
      const span = spanKey(fact.traceId, fact.spanId)
      const facts = this.#bySpan.get(span) ?? new Map<string, Fact>()
      facts.set(factName(fact), fact)
      this.#bySpan.set(span, facts)
    }
  }

  /** Takes the facts of a span: they are given once. */
  take(traceId: string, spanId: string): readonly Fact[] {
    const key = spanKey(traceId, spanId)
    const facts = [...(this.#bySpan.get(key)?.values() ?? [])]
    this.#bySpan.delete(key)
    return facts
  }

  /** What nobody took, by trace. */
  rest(): ReadonlyMap<string, readonly Fact[]> {
    const facts = [...this.#bySpan.values()].flatMap((it) => [...it.values()])
    return Map.groupBy(facts, (fact) => fact.traceId)
  }
}

function spanKey(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`
}

/** Of one span there is one fact of a kind, but for verdicts of several names and evaluators. */
function factName(fact: Fact): string {
  if (fact.kind !== 'evaluation') return fact.kind
  return `${fact.kind} ${fact.name} ${fact.evaluator ?? ''}`
}
