import type { Fact, LlmCall, PolicyCheck, ToolCall } from '../../src/facts/fact.ts'

/** Facts that are told at once and corrected when more is known. */
type Correctable = LlmCall | ToolCall | PolicyCheck

/**
 * What has to be told so that whoever knows `before` knows `after`: corrections of what was told
 * already, each with what it takes the place of, and what is new. A task is corrected by its newer
 * revision alone. Of the rest, which is never corrected, what was told is not told again.
 *
 * @param revisions of what was told so far, by {@link factKey}, where it is not 0; written to
 */
export function revised(
  before: readonly Fact[],
  after: readonly Fact[],
  revisions: Record<string, number>,
): Fact[] {
  const told = new Map(before.map((fact) => [factKey(fact), fact]))
  const facts: Fact[] = []
  for (const fact of after) {
    const key = factKey(fact)
    const earlier = told.get(key)
    if (earlier === undefined) facts.push(fact)
    else if (isCorrectable(fact) && isCorrectable(earlier)) {
      if (isSame(earlier, fact)) continue
      facts.push(corrected(earlier, fact, revisions, key))
    } else if (fact.kind === 'task' && !isSame(earlier, fact)) {
      facts.push({ ...fact, revision: next(revisions, key) })
    }
  }
  return facts
}

/** A name for a fact that is the same in all its revisions. */
export function factKey(fact: Fact): string {
  const own = fact.kind === 'evaluation' ? `/${fact.name}/${fact.evaluator ?? ''}` : ''
  return `${fact.kind}/${fact.spanId}${own}`
}

function isCorrectable(fact: Fact): fact is Correctable {
  return fact.kind === 'llm_call' || fact.kind === 'tool_call' || fact.kind === 'policy_check'
}

function corrected(
  earlier: Correctable,
  fact: Correctable,
  revisions: Record<string, number>,
  key: string,
): Fact {
  const replaced = { ...earlier, revision: revisions[key] ?? 0, replaces: undefined }
  const revision = next(revisions, key)
  if (fact.kind === 'llm_call' && replaced.kind === 'llm_call') {
    return { ...fact, revision, replaces: replaced }
  }
  if (fact.kind === 'tool_call' && replaced.kind === 'tool_call') {
    return { ...fact, revision, replaces: replaced }
  }
  if (fact.kind === 'policy_check' && replaced.kind === 'policy_check') {
    return { ...fact, revision, replaces: replaced }
  }
  return fact
}

function next(revisions: Record<string, number>, key: string): number {
  const revision = (revisions[key] ?? 0) + 1
  revisions[key] = revision
  return revision
}

/** Whether two facts say the same; they were made by the same functions, field by field. */
function isSame(a: Fact, b: Fact): boolean {
  for (const [field, value] of Object.entries(a)) {
    const other: unknown = Reflect.get(b, field)
    if (Object.is(value, other)) continue
    if (typeof value !== 'object' || JSON.stringify(value) !== JSON.stringify(other)) return false
  }
  return true
}
