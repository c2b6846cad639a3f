import type { FoldContext } from '../../src/component/processor.ts'
import type { Fact, LlmCall, Task } from '../../src/facts/fact.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'
import { newerRecord } from '../../src/genai/trace/newer-record.ts'
import type { TraceOptions } from '../../src/genai/trace/options.ts'
import { factsOfRecord, factsOfTrace } from '../../src/genai/trace/trace-facts.ts'
import type { Bags } from '../../src/state/bags.ts'
import type { DueTimes } from '../../src/state/due-times.ts'
import type { IdSet } from '../../src/state/id-set.ts'
import type { Parents } from '../../src/state/parents.ts'
import type { State } from '../../src/state/state.ts'
import type { Union } from '../../src/state/union.ts'
import { Ancestors } from './ancestors.ts'
import { type Answer, Answers, idOf } from './answers.ts'
import type { Config } from './config.ts'
import type { Counters } from './counters.ts'
import { type Besides, copyOf, type OpenTrace, openTrace } from './open-trace.ts'
import { withOverflow } from './overflow.ts'
import { recordCodec } from './record-codec.ts'
import { ReportingServices } from './reporting-services.ts'
import { factKey, revised } from './revise.ts'

/** Why a trace settled. */
export type SettledBy = 'complete' | 'silence' | 'age' | 'cap'

type Times = Pick<Config, 'settle_delay' | 'trace_timeout' | 'max_trace_age' | 'late_window'>
type Caps = Pick<Config, 'max_open_traces' | 'max_open_spans' | 'max_spans_per_trace'>

/** What a fold knows when a record comes: the time, and where facts go. */
export type Told = Pick<FoldContext, 'atMs' | 'add'>

/**
 * Traces until they have settled, and a little longer. A span's facts are told when it comes; when
 * its trace settles they are corrected by what the others say, and its tasks are told.
 */
export class OpenTraces {
  readonly #config: Times
  readonly #options: TraceOptions
  readonly #counters: Counters
  readonly #records: Bags<SpanRecord>
  readonly #traces: Union<OpenTrace>
  readonly #parents: Parents
  readonly #due: DueTimes
  readonly #answers: Answers
  readonly #reporting: ReportingServices
  /** Response ids of calls that the log reported before any span. */
  readonly #waiting: IdSet

  constructor(
    state: State,
    parents: Parents,
    config: Times & Caps,
    options: TraceOptions,
    counters: Counters,
  ) {
    this.#config = config
    this.#options = options
    this.#counters = counters
    this.#parents = parents
    this.#due = state.due
    this.#answers = new Answers(state)
    this.#reporting = new ReportingServices(state)
    this.#waiting = state.ids('waiting calls', mostWaiting)
    this.#records = state.bags<SpanRecord>('records', {
      codec: recordCodec,
      merge: newerRecord,
      maxBags: config.max_open_traces,
      maxEntriesPerBag: config.max_spans_per_trace,
      maxEntries: config.max_open_spans,
    })
    this.#traces = state.union<OpenTrace>('traces', (_, added) => added, Number.POSITIVE_INFINITY)
  }

  /** Traces that have not settled, or are still kept. */
  get size(): number {
    return this.#records.size
  }

  /** Spans kept of all of them. */
  get spans(): number {
    return this.#records.entries
  }

  recordOf(traceId: string, spanId: string): SpanRecord | undefined {
    return this.#records.get(traceId)?.get(spanId)
  }

  /**
   * Takes what a span says.
   *
   * @param wasSeen whether the span came before, as far as that is known
   * @returns whether it said anything new
   */
  take(traceId: string, record: SpanRecord, wasSeen: boolean, told: Told): boolean {
    const kept = this.recordOf(traceId, record.spanId)
    if (kept !== undefined) return this.#takeAgain(traceId, kept, record, told)
    if (wasSeen) return false
    this.#takeNew(traceId, record, told)
    return true
  }

  #takeAgain(traceId: string, kept: SpanRecord, record: SpanRecord, told: Told): boolean {
    const trace = this.#traces.get(traceId)
    if (trace === undefined || trace.settledMs !== undefined) return false
    if (this.#records.put(traceId, record.spanId, record) !== 'joined') return false
    const joined = this.recordOf(traceId, record.spanId) ?? record
    const before = this.#atOnce(traceId, kept, trace.told)
    const after = this.#atOnce(traceId, joined, trace.told)
    for (const fact of revised(before, after, trace.revisions)) told.add(fact)
    trace.lastMs = told.atMs
    return true
  }

  #takeNew(traceId: string, record: SpanRecord, told: Told): void {
    const { atMs } = told
    const trace = this.#opened(traceId, atMs)
    const put = this.#records.put(traceId, record.spanId, record)
    if (record.source === 'span') this.#adopt(traceId, record, atMs)
    this.#claim(traceId, record, atMs)
    const facts = this.#atOnce(traceId, record, trace.told)
    for (const fact of facts) told.add(fact)
    trace.lastMs = atMs
    if (put === 'refused') {
      this.#counters.beyondTrace()
      trace.besides.overflow = withOverflow(trace.besides.overflow, facts)
    }
    if (trace.settledMs !== undefined) this.#late(traceId, trace, record, atMs)
    while (this.#records.isOver) this.#makeRoom(told)
  }

  #opened(traceId: string, atMs: number): OpenTrace {
    const known = this.#traces.get(traceId)
    if (known !== undefined) return known
    this.#due.set(traceId, atMs + this.#config.settle_delay)
    return this.#traces.put(traceId, openTrace(atMs))
  }

  #late(traceId: string, trace: OpenTrace, record: SpanRecord, atMs: number): void {
    trace.lateIds.push(record.spanId)
    this.#counters.late()
    this.#goStale(traceId, trace, atMs + this.#config.settle_delay)
  }

  #goStale(traceId: string, trace: OpenTrace, dueMs: number): void {
    trace.isStale = true
    this.#due.set(traceId, dueMs)
  }

  /** Asks whether spans of other traces report the same call, and which of them counts. */
  #claim(traceId: string, record: SpanRecord, atMs: number): void {
    const isThere = (it: string) => this.#records.has(it)
    for (const standing of this.#answers.claim(traceId, record, isThere)) {
      const { answer, lostTo } = standing
      const trace = this.#traces.get(answer.traceId)
      const winner = lostTo === undefined ? undefined : idOf(lostTo)
      if (trace === undefined || trace.besides.lostTo[answer.spanId] === winner) continue
      setLoss(trace.besides.lostTo, answer.spanId, winner)
      const isOwn = answer.traceId === traceId && answer.spanId === record.spanId
      if (isOwn) setLoss(trace.told.lostTo, answer.spanId, winner)
      if (trace.settledMs !== undefined) this.#goStale(answer.traceId, trace, atMs)
      if (lostTo !== undefined) this.#handOver(answer, lostTo, atMs)
    }
  }

  /** What a gateway knows of a call goes to the trace of the client, which has the agent. */
  #handOver(answer: Answer, winner: Answer, atMs: number): void {
    const record = this.recordOf(answer.traceId, answer.spanId)
    const trace = this.#traces.get(winner.traceId)
    if (record?.call?.isGateway !== true || trace === undefined) return
    const spanId = `log:${idOf(answer)}`
    const copy: SpanRecord = { ...record, source: 'log', spanId, parentSpanId: winner.spanId }
    if (this.#records.put(winner.traceId, spanId, copy) !== 'added') return
    if (trace.settledMs !== undefined) this.#late(winner.traceId, trace, copy, atMs)
  }

  /** Takes over what the log reported of a call before its span came. */
  #adopt(traceId: string, { call, who, dialect }: SpanRecord, atMs: number): void {
    if (call?.role !== 'inference') return
    this.#reporting.saw(who.service, dialect, atMs)
    if (call.responseId === undefined || !this.#waiting.has(call.responseId)) return
    const orphan = logTraceId(call.responseId)
    if (this.#traces.get(orphan)?.settledMs !== undefined) return
    for (const logged of this.#recordsOf(orphan)) {
      this.#answers.withdraw(orphan, logged)
      this.#records.put(traceId, logged.spanId, logged)
    }
    this.#waiting.delete(call.responseId)
    this.#forget(orphan)
  }

  /**
   * Takes what the log reports without a trace: with the call that has the same response id, else it
   * waits for it on its own.
   */
  takeLogged(record: SpanRecord, wasSeen: boolean, told: Told): boolean {
    const { responseId, usage } = record.call ?? {}
    const known =
      responseId === undefined ? undefined : this.#answers.traceOf(responseId, usage?.outputTokens)
    const isOpen = known !== undefined && this.#records.has(known)
    if (!isOpen && responseId !== undefined) this.#waiting.add(responseId)
    return this.take(isOpen ? known : `${withoutTrace}${record.spanId}`, record, wasSeen, told)
  }

  /**
   * What is known of a span before its trace has settled. What the log says of calls and tools waits:
   * mostly a span says it too.
   */
  #atOnce(traceId: string, record: SpanRecord, { lostTo }: Besides): readonly Fact[] {
    if (record.source === 'log' && (record.call ?? record.tool) !== undefined) return nothing
    const facts = factsOfRecord(record, factTraceId(traceId))
    const winner = lostTo[record.spanId]
    return winner === undefined ? facts : facts.map((it) => lost(it, winner))
  }

  /** A due time has come: settles the trace, forgets it, or waits on. */
  due(traceId: string, told: Told): void {
    const trace = this.#traces.get(traceId)
    if (trace === undefined) return
    const dueMs =
      trace.settledMs === undefined
        ? this.#dueUnsettled(traceId, trace, told)
        : this.#dueSettled(traceId, trace, trace.settledMs, told)
    if (dueMs !== undefined) this.#due.set(traceId, dueMs)
  }

  #dueUnsettled(traceId: string, trace: OpenTrace, told: Told): number | undefined {
    const { settle_delay, trace_timeout, max_trace_age, late_window } = this.#config
    const { atMs } = told
    const quietMs = trace.lastMs + settle_delay
    const silentMs = trace.lastMs + trace_timeout
    const agedMs = trace.firstMs + max_trace_age
    const by = this.#settlesBy(traceId, trace, atMs, { quietMs, silentMs, agedMs })
    if (by === undefined) {
      const againMs = quietMs > atMs ? quietMs : atMs + settle_delay
      return Math.min(againMs, Math.max(silentMs, atMs + 1), agedMs)
    }
    this.#settle(traceId, trace, by, told)
    return atMs + late_window
  }

  #settlesBy(
    traceId: string,
    trace: OpenTrace,
    atMs: number,
    at: { quietMs: number; silentMs: number; agedMs: number },
  ): SettledBy | undefined {
    if (atMs >= at.agedMs) return 'age'
    // The spans between agents are forgotten before long, so that walks go as far as they can now.
    const isComplete = this.#ancestors(traceId, trace).areAllComplete()
    if (atMs < at.quietMs) return undefined
    if (isComplete) return 'complete'
    return atMs >= at.silentMs ? 'silence' : undefined
  }

  #dueSettled(
    traceId: string,
    trace: OpenTrace,
    settledMs: number,
    told: Told,
  ): number | undefined {
    const { settle_delay, late_window } = this.#config
    const { atMs } = told
    if (trace.isStale) {
      const quietMs = trace.lastMs + settle_delay
      if (trace.lateIds.length > 0 && atMs < quietMs) return quietMs
      this.#settleAgain(traceId, trace, told)
    }
    const forgottenMs = Math.max(settledMs, trace.lastMs) + late_window
    if (atMs < forgottenMs) return forgottenMs
    this.#forget(traceId)
    return undefined
  }

  #makeRoom(told: Told): void {
    const traceId = this.#records.oldest()
    const trace = traceId === undefined ? undefined : this.#traces.get(traceId)
    if (traceId === undefined) return
    if (trace?.settledMs === undefined && trace !== undefined) {
      this.#settle(traceId, trace, 'cap', told)
    } else if (trace?.isStale) this.#settleAgain(traceId, trace, told)
    this.#forget(traceId)
  }

  #forget(traceId: string): void {
    this.#records.delete(traceId)
    this.#traces.delete(traceId)
    this.#due.clear(traceId)
  }

  #settle(traceId: string, trace: OpenTrace, by: SettledBy, told: Told): void {
    const records = this.#recordsOf(traceId)
    const before = records.flatMap((it) => this.#atOnce(traceId, it, trace.told))
    const after = this.#factsOf(traceId, trace, records, trace.besides)
    for (const fact of revised(before, after, trace.revisions)) told.add(fact)
    this.#counters.settled(by, after)
    trace.settledMs = told.atMs
    trace.told = copyOf(trace.besides)
  }

  /** Late spans change what tasks took, and never what became of them. */
  #settleAgain(traceId: string, trace: OpenTrace, told: Told): void {
    const isLate = new Set(trace.lateIds)
    const records = this.#recordsOf(traceId)
    const inTime = records.filter((it) => !isLate.has(it.spanId))
    const late = records.filter((it) => isLate.has(it.spanId))
    const settled = this.#factsOf(traceId, trace, inTime, trace.told)
    const after = asDecided(settled, this.#factsOf(traceId, trace, records, trace.besides))
    trace.isStale = false
    if (after === undefined) return this.#counters.lateTop()
    const before = [...settled, ...late.flatMap((it) => this.#atOnce(traceId, it, trace.told))]
    for (const fact of revised(before, after, trace.revisions)) told.add(fact)
    trace.lateIds = []
    trace.told = copyOf(trace.besides)
  }

  #factsOf(
    traceId: string,
    trace: OpenTrace,
    records: readonly SpanRecord[],
    { lostTo, overflow }: Besides,
  ): readonly Fact[] {
    const facts = factsOfTrace({
      traceId: factTraceId(traceId),
      records,
      ancestry: this.#ancestors(traceId, trace),
      lostTo: new Map(Object.entries(lostTo)),
      options: this.#options,
      overflow,
    })
    return traceId.startsWith(withoutTrace)
      ? facts.map((it) => this.#unlessSpansArrive(it, records, trace.lastMs))
      : facts
  }

  /** A service whose spans report its calls is not counted by its log besides. */
  #unlessSpansArrive(fact: Fact, [record]: readonly SpanRecord[], atMs: number): Fact {
    if (fact.kind !== 'llm_call' || fact.notCounted !== undefined) return fact
    const sinceMs = atMs - this.#config.trace_timeout
    const isReported =
      record !== undefined && this.#reporting.since(record.who.service, record.dialect, sinceMs)
    return isReported ? { ...fact, notCounted: 'spans_arrive' } : fact
  }

  #ancestors(traceId: string, trace: OpenTrace): Ancestors {
    const records = this.#records.get(traceId) ?? new Map<string, SpanRecord>()
    return new Ancestors(this.#parents, traceId, records, trace.reached)
  }

  #recordsOf(traceId: string): readonly SpanRecord[] {
    return [...(this.#records.get(traceId)?.values() ?? [])]
  }
}

const mostWaiting = 10_000

/** Calls that the log reports without a trace are kept under names of their own. */
const withoutTrace = 'log/'

const nothing: readonly Fact[] = []

/** The name under which a call of the log waits for its span. */
function logTraceId(responseId: string): string {
  return `${withoutTrace}log:${responseId}`
}

function factTraceId(key: string): string {
  return key.startsWith(withoutTrace) ? '' : key
}

function setLoss(losses: Record<string, string>, spanId: string, winner: string | undefined): void {
  if (winner === undefined) delete losses[spanId]
  else losses[spanId] = winner
}

function lost(fact: Fact, winner: string): Fact {
  if (fact.kind !== 'llm_call') return fact
  const call: LlmCall = { ...fact, notCounted: 'duplicate', duplicateOf: winner }
  return call
}

/**
 * What late spans changed, with tasks as they were decided; `undefined` where one of them turned out
 * to be the top of what was decided already.
 */
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
