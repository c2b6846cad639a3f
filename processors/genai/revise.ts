import type { Fact, FactBase, LlmCall, ToolCall } from '../../src/facts/fact.ts'

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
  const told = new Map<string, Fact>()
  for (const fact of before) told.set(factKey(fact), fact)
  const facts: Fact[] = []
  for (const fact of after) {
    const key = factKey(fact)
    const earlier = told.get(key)
    if (earlier === undefined) facts.push(fact)
    else {
      const correction = corrected(earlier, fact, revisions, key)
      if (correction !== undefined) facts.push(correction)
    }
  }
  return facts
}

/**
 * A name for a fact that is the same in all its revisions, within its trace. Which span a verdict is
 * about may be known only later.
 */
export function factKey(fact: Fact): string {
  if (fact.kind !== 'evaluation') return `${fact.kind}/${fact.spanId}`
  const { name, evaluator, atMs, score, label } = fact
  return `evaluation/${name}/${evaluator ?? ''}/${atMs}/${score ?? ''}/${label ?? ''}`
}

function corrected(
  earlier: Fact,
  fact: Fact,
  revisions: Record<string, number>,
  key: string,
): Fact | undefined {
  if (fact.kind === 'llm_call' && earlier.kind === 'llm_call') {
    if (isSameCall(earlier, fact)) return undefined
    const replaces = { ...earlier, revision: revisions[key] ?? 0, replaces: undefined }
    return { ...fact, revision: next(revisions, key), replaces }
  }
  if (fact.kind === 'tool_call' && earlier.kind === 'tool_call') {
    if (isSameToolCall(earlier, fact)) return undefined
    const replaces = { ...earlier, revision: revisions[key] ?? 0, replaces: undefined }
    return { ...fact, revision: next(revisions, key), replaces }
  }
  if (fact.kind === 'policy_check' && earlier.kind === 'policy_check') {
    if (isSameInJson(earlier, fact)) return undefined
    const replaces = { ...earlier, revision: revisions[key] ?? 0, replaces: undefined }
    return { ...fact, revision: next(revisions, key), replaces }
  }
  if (fact.kind !== 'task' || isSameInJson(earlier, fact)) return undefined
  return { ...fact, revision: next(revisions, key) }
}

function next(revisions: Record<string, number>, key: string): number {
  const revision = (revisions[key] ?? 0) + 1
  revisions[key] = revision
  return revision
}

/** Both were made by the same functions, field by field. */
function isSameInJson(a: Fact, b: Fact): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isSameCall(a: LlmCall, b: LlmCall): boolean {
  return (
    isSameBase(a, b) &&
    a.notCounted === b.notCounted &&
    a.duplicateOf === b.duplicateOf &&
    a.purpose === b.purpose &&
    a.operation === b.operation &&
    a.provider === b.provider &&
    a.model === b.model &&
    a.requestModel === b.requestModel &&
    a.responseId === b.responseId &&
    a.durationMs === b.durationMs &&
    a.timeToFirstTokenMs === b.timeToFirstTokenMs &&
    a.errorType === b.errorType &&
    a.reportedNanoUsd === b.reportedNanoUsd &&
    isSamePart(a.usage, b.usage) &&
    isSamePart(a.finishReasons, b.finishReasons)
  )
}

function isSameToolCall(a: ToolCall, b: ToolCall): boolean {
  return (
    isSameBase(a, b) &&
    a.notCounted === b.notCounted &&
    a.outcome === b.outcome &&
    a.errorType === b.errorType &&
    a.errorClass === b.errorClass &&
    a.tool === b.tool &&
    a.server === b.server &&
    a.callId === b.callId &&
    a.durationMs === b.durationMs &&
    a.argumentsHash === b.argumentsHash
  )
}

/** What most often differs is asked first. */
function isSameBase(a: FactBase, b: FactBase): boolean {
  return (
    a.task === b.task &&
    a.agent === b.agent &&
    a.agentVersion === b.agentVersion &&
    a.conversation === b.conversation &&
    a.user === b.user &&
    a.team === b.team &&
    a.organization === b.organization &&
    a.environment === b.environment &&
    a.service === b.service &&
    a.exclusion === b.exclusion &&
    a.weight === b.weight &&
    a.atMs === b.atMs &&
    a.evidence === b.evidence &&
    a.traceId === b.traceId
  )
}

/** Parts of facts are mostly those of one record, the very same. */
function isSamePart(a: object | undefined, b: object | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
