import type { LlmCall, Prediction, Task, ToolCall } from '../../facts/fact.ts'
import type { SpanRecord, VerdictPart } from '../span-record.ts'
import { factBase, type Subject } from './fact-base.ts'
import type { TraceOptions } from './options.ts'
import { noOverflow, type Overflow } from './overflow.ts'
import { taskOutcome } from './task-outcome.ts'

/** All that belongs to one task. */
export interface TaskParts {
  readonly top: Subject
  /** Runs of the task, the top first. */
  readonly runs: readonly SpanRecord[]
  /** Calls that count for the task, in any order. */
  readonly calls: readonly LlmCall[]
  /** Tool calls that count for the task. */
  readonly toolCalls: readonly ToolCall[]
  readonly depth: number
  readonly verdict: VerdictPart | undefined
  /** What its trace had no room for; of several tasks the first has it. */
  readonly overflow: Overflow | undefined
  readonly isTruncated: boolean
}

/** The id of a task: the one it was given, else the name of its top span. */
export function taskId(traceId: string, top: SpanRecord): string {
  return top.run?.taskId ?? `${traceId}/${top.spanId}`
}

export function taskOf(parts: TaskParts, options: TraceOptions): Task {
  const { top, calls, toolCalls, overflow = noOverflow } = parts
  const { record } = top
  const finishReason = lastCall(calls)?.finishReasons[0]
  const { outcome, evidence } = taskOutcome(
    { top: record, verdict: parts.verdict, finishReason },
    options,
  )
  return {
    kind: 'task',
    ...factBase(top, evidence),
    name: record.run?.taskName,
    workflow: top.identity.workflow,
    startMs: record.startMs,
    endMs: record.endMs,
    outcome,
    errorType: record.errorType,
    finishReason,
    depth: parts.depth,
    llmCalls: overflow.llmCalls + calls.length,
    toolCalls: overflow.toolCalls + toolCalls.length,
    failedToolCalls:
      overflow.failedToolCalls + toolCalls.filter((call) => call.outcome === 'bad').length,
    inputTokens: overflow.inputTokens + sumOf(calls, (call) => call.usage?.inputTokens),
    outputTokens: overflow.outputTokens + sumOf(calls, (call) => call.usage?.outputTokens),
    cacheReadTokens: overflow.cacheReadTokens + sumOf(calls, (call) => call.usage?.cacheReadTokens),
    cacheWriteTokens:
      overflow.cacheWriteTokens + sumOf(calls, (call) => call.usage?.cacheWriteTokens),
    reasoningTokens: overflow.reasoningTokens + sumOf(calls, (call) => call.usage?.reasoningTokens),
    reportedNanoUsd: reportedOf(calls),
    incompleteCalls: overflow.incompleteCalls + calls.filter(isIncomplete).length,
    variants: variantsOf(parts.runs),
    isTruncated: parts.isTruncated,
  }
}

/** What became of a task whose agent had stated its confidence. */
export function predictions({ record }: Subject, task: Task): Prediction[] {
  const confidence = record.run?.confidence
  if (confidence === undefined) return []
  const { traceId, spanId, atMs, evidence, revision, agent, agentVersion, environment } = task
  const { service, organization, team, user, conversation, weight, exclusion, outcome } = task
  return [
    {
      kind: 'prediction',
      traceId,
      spanId,
      atMs,
      evidence,
      revision,
      agent,
      agentVersion,
      environment,
      service,
      organization,
      team,
      user,
      conversation,
      task: task.task,
      weight,
      exclusion,
      confidence,
      outcome,
    },
  ]
}

/** The call that ended last; of two that ended together the one with the greater span id. */
function lastCall(calls: readonly LlmCall[]): LlmCall | undefined {
  let last: LlmCall | undefined
  for (const call of calls) {
    const isLater =
      last === undefined ||
      call.atMs > last.atMs ||
      (call.atMs === last.atMs && call.spanId > last.spanId)
    if (isLater) last = call
  }
  return last
}

function sumOf(calls: readonly LlmCall[], tokens: (call: LlmCall) => number | undefined): number {
  let sum = 0
  for (const call of calls) sum += tokens(call) ?? 0
  return sum
}

function reportedOf(calls: readonly LlmCall[]): number | undefined {
  const isReported = calls.some((call) => call.reportedNanoUsd !== undefined)
  return isReported ? calls.reduce((sum, call) => sum + (call.reportedNanoUsd ?? 0), 0) : undefined
}

/** A call that failed before it had tokens cost none; embeddings have no output. */
function isIncomplete({ usage, errorType, operation }: LlmCall): boolean {
  if (usage === undefined) return errorType === undefined
  if (usage.basis === 'lower_bound' || usage.basis === 'inconsistent') return true
  const hasOutput = operation !== 'embeddings' && operation !== 'rerank'
  return usage.inputTokens === undefined || (hasOutput && usage.outputTokens === undefined)
}

/** More are told by nobody who means them. */
const maxVariants = 64

/** Of a variant that several runs have the top's counts, then the earliest. */
function variantsOf(runs: readonly SpanRecord[]): Readonly<Record<string, string>> {
  const variants = new Map<string, string>()
  for (const { run } of runs) {
    for (const [name, variant] of Object.entries(run?.variants ?? {})) {
      if (variants.size < maxVariants && !variants.has(name)) variants.set(name, variant)
    }
  }
  return Object.fromEntries([...variants].sort(([a], [b]) => (a < b ? -1 : 1)))
}
