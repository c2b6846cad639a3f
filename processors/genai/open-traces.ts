import type { FoldContext } from '../../src/component/processor.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'
import { newerRecord } from '../../src/genai/trace/newer-record.ts'
import type { TraceOptions } from '../../src/genai/trace/options.ts'
import type { Bags } from '../../src/state/bags.ts'
import type { DueTimes } from '../../src/state/due-times.ts'
import type { Parents } from '../../src/state/parents.ts'
import type { State } from '../../src/state/state.ts'
import type { Union } from '../../src/state/union.ts'
import { Ancestors } from './ancestors.ts'
import { Answers, idOf } from './answers.ts'
import type { Config } from './config.ts'
import type { Counters } from './counters.ts'
import { type OpenTrace, openTrace } from './open-trace.ts'
import { withOverflow } from './overflow.ts'
import { recordCodec } from './record-codec.ts'
import { ReportingServices } from './reporting-services.ts'
import { TraceFacts } from './trace-facts.ts'
import { WaitingCalls } from './waiting-calls.ts'

/** Why a trace settled. */
export type SettledBy = 'complete' | 'silence' | 'age' | 'cap'

type Times = Pick<Config, 'settle_delay' | 'trace_timeout' | 'max_trace_age' | 'late_window'>
type Caps = Pick<Config, 'max_open_traces' | 'max_open_spans' | 'max_spans_per_trace'>

/** What a fold knows when a record comes: the time, and where facts go. */
export type Told = Pick<FoldContext, 'atMs' | 'add'>

const noRecords: ReadonlyMap<string, SpanRecord> = new Map()

/**
 * Traces until they have settled, and a little longer. A span's facts are told when it comes; when
 * its trace settles they are corrected by what the others say, and its tasks are told.
 */
export class OpenTraces {
  readonly #config: Times
  readonly #counters: Counters
  readonly #records: Bags<SpanRecord>
  readonly #traces: Union<OpenTrace>
  readonly #parents: Parents
  readonly #due: DueTimes
  readonly #answers: Answers
  readonly #waiting: WaitingCalls
  readonly #reporting: ReportingServices
  readonly #facts: TraceFacts

  constructor(
    state: State,
    parents: Parents,
    config: Times & Caps,
    options: TraceOptions,
    counters: Counters,
  ) {
    this.#config = config
    this.#counters = counters
    this.#parents = parents
    this.#due = state.due
    this.#answers = new Answers(state)
    this.#waiting = new WaitingCalls(state)
    this.#reporting = new ReportingServices(state)
    this.#facts = new TraceFacts(options, this.#reporting, config.trace_timeout)
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

  /**
   * Takes what a span says, or an event of the log that names its trace.
   *
   * @param wasSeen whether it came before, as far as that is known
   * @returns whether it said anything new
   */
  take(traceId: string, record: SpanRecord, wasSeen: boolean, told: Told): boolean {
    const kept = this.#records.get(traceId)?.get(record.spanId)
    if (kept !== undefined) return this.#takeAgain(traceId, kept, record, told)
    if (wasSeen) return false
    this.#takeNew(traceId, record, told)
    return true
  }

  /**
   * Takes what the log reports without a trace: with the call that has the same response id, else it
   * waits for it on its own.
   */
  takeLogged(record: SpanRecord, wasSeen: boolean, told: Told): boolean {
    const { responseId, usage } = record.call ?? {}
    const outputTokens = usage?.outputTokens
    const known =
      responseId === undefined ? undefined : this.#answers.traceOf(responseId, outputTokens)
    const isOpen = known !== undefined && this.#records.has(known)
    const traceId = isOpen ? known : this.#waiting.add(record.spanId, responseId)
    return this.take(traceId, record, wasSeen, told)
  }

  #takeAgain(traceId: string, kept: SpanRecord, record: SpanRecord, told: Told): boolean {
    const trace = this.#traces.get(traceId)
    if (trace === undefined || trace.settledMs !== undefined) return false
    if (this.#records.put(traceId, record.spanId, record) !== 'joined') return false
    const joined = this.#records.get(traceId)?.get(record.spanId) ?? record
    for (const fact of this.#facts.joined(traceId, trace, kept, joined)) told.add(fact)
    trace.lastMs = told.atMs
    return true
  }

  #takeNew(traceId: string, record: SpanRecord, told: Told): void {
    const { atMs } = told
    const trace = this.#opened(traceId, atMs)
    const put = this.#records.put(traceId, record.spanId, record)
    if (record.source === 'span') this.#adopt(traceId, record, atMs)
    this.#claim(traceId, record, atMs)
    const facts = this.#facts.atOnce(traceId, record, trace.told)
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

  /** Takes over what the log reported of a call before its span came. */
  #adopt(traceId: string, { call, who, dialect }: SpanRecord, atMs: number): void {
    if (call?.role !== 'inference') return
    this.#reporting.saw(who.service, dialect, atMs)
    const orphan = this.#waiting.take(call.responseId)
    if (orphan === undefined || this.#traces.get(orphan)?.settledMs !== undefined) return
    for (const logged of this.#recordsOf(orphan)) {
      this.#answers.withdraw(orphan, logged)
      this.#records.put(traceId, logged.spanId, logged)
    }
    this.#forget(orphan)
  }

  /** Asks whether spans of other traces report the same call, and which of them counts. */
  #claim(traceId: string, record: SpanRecord, atMs: number): void {
    const isThere = (it: string) => this.#records.has(it)
    for (const { answer, lostTo } of this.#answers.claim(traceId, record, isThere)) {
      const trace = this.#traces.get(answer.traceId)
      const winner = lostTo === undefined ? undefined : idOf(lostTo)
      if (trace === undefined || trace.besides.lostTo[answer.spanId] === winner) continue
      setLoss(trace.besides.lostTo, answer.spanId, winner)
      const isOwn = answer.traceId === traceId && answer.spanId === record.spanId
      if (isOwn) setLoss(trace.told.lostTo, answer.spanId, winner)
      if (trace.settledMs !== undefined) this.#goStale(answer.traceId, trace, atMs)
    }
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
    if (traceId === undefined) return
    const trace = this.#traces.get(traceId)
    if (trace !== undefined && trace.settledMs === undefined) {
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
    const { news, facts } = this.#facts.settled(this.#kept(traceId, trace))
    for (const fact of news) told.add(fact)
    this.#counters.settled(by, facts)
    trace.settledMs = told.atMs
  }

  #settleAgain(traceId: string, trace: OpenTrace, told: Told): void {
    const news = this.#facts.settledAgain(this.#kept(traceId, trace))
    trace.isStale = false
    if (news === undefined) this.#counters.lateTop()
    else for (const fact of news) told.add(fact)
  }

  #kept(traceId: string, trace: OpenTrace) {
    const ancestry = this.#ancestors(traceId, trace)
    return { traceId, trace, records: this.#recordsOf(traceId), ancestry }
  }

  #ancestors(traceId: string, trace: OpenTrace): Ancestors {
    const records = this.#records.get(traceId) ?? noRecords
    return new Ancestors(this.#parents, traceId, records, trace.reached)
  }

  #recordsOf(traceId: string): readonly SpanRecord[] {
    return [...(this.#records.get(traceId) ?? noRecords).values()]
  }
}

function setLoss(losses: Record<string, string>, spanId: string, winner: string | undefined): void {
  if (winner === undefined) delete losses[spanId]
  else losses[spanId] = winner
}
