import type { Batch, TelemetryBatch } from '../../src/component/batch.ts'
import type { FoldContext } from '../../src/component/processor.ts'
import type { Bounded } from '../../src/genai/bounded.ts'
import { logRecordOf } from '../../src/genai/log-record-of.ts'
import { Normaliser } from '../../src/genai/normalize.ts'
import { PlainWho } from '../../src/genai/plain-who.ts'
import { readLog } from '../../src/genai/read-log.ts'
import { readPoint } from '../../src/genai/read-metric.ts'
import { SpanReader } from '../../src/genai/read-span.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'
import { factsOfRecord } from '../../src/genai/trace/trace-facts.ts'
import { defaultVerdictRules } from '../../src/genai/verdict-polarity.ts'
import { forEachLogRecord, type LogView } from '../../src/pdata/logs.ts'
import { type DataPointView, forEachDataPoint } from '../../src/pdata/metrics.ts'
import { Edits, edit } from '../../src/pdata/overlay.ts'
import { forEachSpan, SpanIds, type SpanView } from '../../src/pdata/spans.ts'
import type { Parents } from '../../src/state/parents.ts'
import type { SpanTable } from '../../src/state/span-table.ts'
import type { State } from '../../src/state/state.ts'
import { boundedPoint, boundedRecord } from './bounded-names.ts'
import type { Config } from './config.ts'
import type { Counters } from './counters.ts'
import { Names } from './known-names.ts'
import { factOfPoint } from './metric-facts.ts'
import { OpenTraces } from './open-traces.ts'
import { timely, timelyPoint } from './timely.ts'
import { TraceIdText } from './trace-id-text.ts'
import { UsageSums } from './usage-sums.ts'

/** The processor's mind: what comes in one record after another, and what it has learned of it. */
export class Genai {
  readonly #config: Config
  readonly #counters: Counters
  readonly #names: Names
  readonly #bounded: Bounded
  readonly #parents: Parents
  readonly #seen: SpanTable
  readonly #traces: OpenTraces
  readonly #reader: SpanReader
  readonly #normaliser: Normaliser
  readonly #ids = new SpanIds()
  readonly #traceId = new TraceIdText()
  readonly #who: PlainWho
  readonly #sums: UsageSums

  constructor(config: Config, state: State, counters: Counters) {
    this.#config = config
    this.#counters = counters
    this.#names = new Names(state, config.max_names, counters)
    this.#parents = state.parents('parents')
    this.#seen = state.spans('seen')
    this.#traces = new OpenTraces(state, this.#parents, config, traceOptions(config), counters)
    const bounded: Bounded = (dimension, name) => this.#names.bounded(dimension, name)
    this.#bounded = bounded
    this.#sums = new UsageSums(state)
    this.#who = new PlainWho(config.identity, bounded)
    this.#reader = new SpanReader({
      identity: config.identity,
      trustScales: config.trust_scales,
      confidenceAttribute: config.confidence_attribute,
      verdictRules: defaultVerdictRules,
      bounded,
    })
    this.#normaliser = new Normaliser(this.#reader.sources.matcher)
  }

  batch(batch: Batch, context: FoldContext): Batch | undefined {
    this.#names.begin(context.atMs)
    if (batch.kind === 'traces') return this.#spans(batch, context)
    if (batch.kind === 'logs') this.#events(batch, context)
    else if (batch.kind === 'metrics') this.#points(batch, context)
    return undefined
  }

  due(traceId: string, context: FoldContext): void {
    this.#traces.due(traceId, context)
  }

  get levels() {
    return { openTraces: this.#traces.size, openSpans: this.#traces.spans }
  }

  /** What people see of it. */
  status() {
    return { ...this.levels, names: this.#names.sizes }
  }

  #spans(batch: TelemetryBatch, context: FoldContext): Batch | undefined {
    const edits = new Edits()
    const ids = this.#ids
    const tally = new Map<string, number>()
    const { matcher } = this.#reader.sources
    this.#reader.begin()
    forEachSpan(batch.payload, (span) => {
      span.readIds(ids)
      const isNamed = ids.hasTraceId && ids.hasSpanId
      if (isNamed) this.#parents.putWords(ids.words, ids.hasParent, context.atMs)
      const reading = this.#reader.read(span)
      if (reading === undefined) return
      if (reading.kind === 'noise') return this.#counters.ignored(reading.reason, 1)
      const { dialect } = reading.record
      tally.set(dialect, (tally.get(dialect) ?? 0) + 1)
      const record = timely(reading.record, context.atMs, this.#config, this.#counters)
      if (isNamed) this.#take(span, record, context)
      else for (const fact of factsOfRecord(record, span.traceIdHex())) context.add(fact)
      if (this.#config.normalize === 'missing') {
        this.#normaliser.add(edits, span, span.attributes(matcher), reading.record)
      }
    })
    for (const [dialect, spans] of tally) this.#counters.understood(dialect, spans)
    return edits.isEmpty ? undefined : { ...batch, payload: edit(batch.payload, edits) }
  }

  #events(batch: TelemetryBatch, context: FoldContext): void {
    this.#who.begin()
    const options = { rules: defaultVerdictRules, whoOf: (it: LogView) => this.#who.of(it) }
    forEachLogRecord(batch.payload, (it) => {
      const reading = readLog(it, options)
      if (reading === undefined) return
      const named = boundedRecord(logRecordOf(reading), this.#bounded)
      const record = timely(named, context.atMs, this.#config, this.#counters)
      const { traceId } = reading
      const wasSeen = this.#seen.seen(traceId, record.spanId, context.atMs)
      const isNew =
        traceId === ''
          ? this.#traces.takeLogged(record, wasSeen, context)
          : this.#traces.take(traceId, record, wasSeen, context)
      if (!isNew) this.#counters.repeat()
    })
  }

  #points(batch: TelemetryBatch, context: FoldContext): void {
    this.#who.begin()
    const options = {
      trustScales: this.#config.trust_scales,
      whoOf: (it: DataPointView) => this.#who.of(it),
    }
    forEachDataPoint(batch.payload, (point) => {
      const reading = readPoint(point, options)
      if (reading === undefined) return
      const timed = timelyPoint(reading, context.atMs, this.#config, this.#counters)
      const fact = factOfPoint(boundedPoint(timed, this.#bounded), this.#sums, context.atMs)
      if (fact !== undefined) context.add(fact)
    })
  }

  #take(span: SpanView, record: SpanRecord, context: FoldContext): void {
    const { words } = this.#ids
    const traceId = this.#traceId.of(words, span)
    const wasSeen = this.#seen.seenWords(words, context.atMs)
    if (!this.#traces.take(traceId, record, wasSeen, context)) this.#counters.repeat()
  }
}

function traceOptions(config: Config) {
  return {
    taskVerdicts: new Set(config.task_verdicts.map((it) => it.toLowerCase())),
    cancelTypes: new Set(config.cancel_types),
    badFinishReasons: new Set(config.bad_finish_reasons),
  }
}
