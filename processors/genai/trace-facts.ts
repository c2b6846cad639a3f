import type { Fact, LlmCall, Task } from '../../src/facts/fact.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'
import type { TraceOptions } from '../../src/genai/trace/options.ts'
import { factsOfRecord, factsOfTrace } from '../../src/genai/trace/trace-facts.ts'
import type { Ancestry } from '../../src/genai/trace/tree.ts'
import { type Besides, copyOf, type OpenTrace } from './open-trace.ts'
import type { ReportingServices } from './reporting-services.ts'
import { factKey, revised } from './revise.ts'
import { isWithoutTrace } from './waiting-calls.ts'

/** A trace with all that is kept of it. */
export interface KeptTrace {
  readonly traceId: string
  readonly trace: OpenTrace
  readonly records: readonly SpanRecord[]
  readonly ancestry: Ancestry
}

const nothing: readonly Fact[] = []

/**
 * What is told of a trace, and when: of each span at once what it says alone, and when the trace has
 * settled what that changes. What was told is not kept: it is made again from what it was made of.
 */
export class TraceFacts {
  readonly #options: TraceOptions
  readonly #reporting: ReportingServices
  readonly #spansWithinMs: number

  /** @param spansWithinMs how long spans of a service stand for what its log reports */
  constructor(options: TraceOptions, reporting: ReportingServices, spansWithinMs: number) {
    this.#options = options
    this.#reporting = reporting
    this.#spansWithinMs = spansWithinMs
  }

  /**
   * What is known of a span before its trace has settled. What the log says of calls and tools waits:
   * mostly a span says it too.
   */
  atOnce(traceId: string, record: SpanRecord, { lostTo }: Besides): readonly Fact[] {
    if (record.source === 'log' && (record.call ?? record.tool) !== undefined) return nothing
    const facts = factsOfRecord(record, factTraceId(traceId))
    const winner = lostTo[record.spanId]
    return winner === undefined ? facts : facts.map((it) => lost(it, winner))
  }

  /** What a span changes that says more than before. */
  joined(traceId: string, trace: OpenTrace, kept: SpanRecord, joined: SpanRecord): Fact[] {
    const before = this.atOnce(traceId, kept, trace.told)
    return revised(before, this.atOnce(traceId, joined, trace.told), trace.revisions)
  }

  /** What is to be told of a trace that settles, and its facts as they are now. */
  settled(kept: KeptTrace): { readonly news: readonly Fact[]; readonly facts: readonly Fact[] } {
    const { traceId, trace, records } = kept
    const before = records.flatMap((it) => this.atOnce(traceId, it, trace.told))
    const facts = this.#factsOf(kept, records, trace.besides)
    trace.told = copyOf(trace.besides)
    return { news: revised(before, facts, trace.revisions), facts }
  }

  /**
   * What changed since a trace settled: late spans change what tasks took, and never what became of
   * them. `undefined` where one of them turns out to be the top of what was decided already.
   */
  settledAgain(kept: KeptTrace): readonly Fact[] | undefined {
    const { traceId, trace, records } = kept
    const isLate = new Set(trace.lateIds)
    const inTime = records.filter((it) => !isLate.has(it.spanId))
    const late = records.filter((it) => isLate.has(it.spanId))
    const settled = this.#factsOf(kept, inTime, trace.told)
    const after = asDecided(settled, this.#factsOf(kept, records, trace.besides))
    if (after === undefined) return undefined
    const before = [...settled, ...late.flatMap((it) => this.atOnce(traceId, it, trace.told))]
    trace.lateIds = []
    trace.told = copyOf(trace.besides)
    return revised(before, after, trace.revisions)
  }

  #factsOf(
    { traceId, trace, ancestry }: KeptTrace,
    records: readonly SpanRecord[],
    { lostTo, overflow }: Besides,
  ): readonly Fact[] {
    const facts = factsOfTrace({
      traceId: factTraceId(traceId),
      records,
      ancestry,
      lostTo: new Map(Object.entries(lostTo)),
      options: this.#options,
      overflow,
    })
    if (!isWithoutTrace(traceId)) return facts
    return facts.map((it) => this.#unlessSpansArrive(it, records, trace.lastMs))
  }

  /** A service whose spans report its calls is not counted by its log besides. */
  #unlessSpansArrive(fact: Fact, [record]: readonly SpanRecord[], atMs: number): Fact {
    if (fact.kind !== 'llm_call' || fact.notCounted !== undefined || record === undefined) {
      return fact
    }
    const sinceMs = atMs - this.#spansWithinMs
    const isReported = this.#reporting.since(record.who.service, record.dialect, sinceMs)
    return isReported ? { ...fact, notCounted: 'spans_arrive' } : fact
  }
}

function factTraceId(traceId: string): string {
  return isWithoutTrace(traceId) ? '' : traceId
}

function lost(fact: Fact, winner: string): Fact {
  if (fact.kind !== 'llm_call') return fact
  const call: LlmCall = { ...fact, notCounted: 'duplicate', duplicateOf: winner }
  return call
}

function asDecided(settled: readonly Fact[], after: readonly Fact[]): Fact[] | undefined {
  const tasks = new Map(settled.filter(isTask).map((it) => [factKey(it), it]))
  const decided = after.map((fact) => {
    const task = tasks.get(factKey(fact))
    tasks.delete(factKey(fact))
    return fact.kind !== 'task' || task === undefined ? fact : restated(task, fact)
  })
  return tasks.size > 0 ? undefined : decided
}

function isTask(fact: Fact): fact is Task {
  return fact.kind === 'task'
}

function restated(decided: Task, newer: Task): Task {
  const { startMs, endMs, atMs, outcome, evidence, errorType, finishReason, depth } = decided
  return { ...newer, startMs, endMs, atMs, outcome, evidence, errorType, finishReason, depth }
}
