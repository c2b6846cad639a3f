import type { Fact } from '../../facts/fact.ts'
import { eventNameOf } from '../../genai/log-event.ts'
import { readLog } from '../../genai/read-log.ts'
import type { SpanReader } from '../../genai/read-span.ts'
import type { Who } from '../../genai/span-record.ts'
import { defaultVerdictRules } from '../../genai/verdict-polarity.ts'
import { forEachLogRecord } from '../../pdata/logs.ts'
import type { Payload } from '../../pdata/payload.ts'
import { forEachSpan } from '../../pdata/spans.ts'
import type {
  ExplainedEvent,
  ExplainedFact,
  ExplainedSpan,
  ExplainedTrace,
  Explanation,
} from './explained.ts'
import { ownFields, whoOf } from './fields.ts'
import { NewestFacts } from './newest-facts.ts'
import { notCounted } from './not-counted.ts'
import { SeenResources, type SeenSpan, seenSpan } from './seen-span.ts'
import { inTreeOrder } from './tree-order.ts'
import { leftovers } from './unused.ts'

/** What was seen of recorded requests, before the processor was asked. */
export interface Seen {
  readonly spans: readonly SeenSpan[]
  readonly events: readonly SeenEvent[]
  /** Unix time of the last thing that happened. */
  readonly lastMs: number
}

interface SeenEvent extends ExplainedEvent {
  readonly traceId: string
}

/** Reads every span and event once. */
export function seenIn(payloads: readonly Payload[], reader: SpanReader): Seen {
  const spans: SeenSpan[] = []
  const events: SeenEvent[] = []
  let lastMs = 0
  for (const payload of payloads) {
    if (payload.signal === 'traces') {
      reader.begin()
      const resources = new SeenResources()
      forEachSpan(payload, (span) => {
        spans.push(seenSpan(span, reader, resources))
        lastMs = Math.max(lastMs, span.endMs)
      })
    } else if (payload.signal === 'logs') {
      forEachLogRecord(payload, (record) => {
        const name = eventNameOf(record)
        lastMs = Math.max(lastMs, Number(record.timeUnixNano / 1_000_000n))
        if (name === '') return
        const understood = readLog(record, { rules: defaultVerdictRules, whoOf: () => nobody })
        const [traceId, spanId] = [record.traceIdHex(), record.spanIdHex()]
        events.push({ name, traceId, spanId, isUnderstood: understood !== undefined })
      })
    }
  }
  return { spans, events, lastMs }
}

/** Whose an event is does not decide whether it is understood. */
const nobody: Who = {
  agent: undefined,
  agentId: undefined,
  agentVersion: undefined,
  service: undefined,
  serviceVersion: undefined,
  environment: 'default',
  organization: 'default',
  team: undefined,
}

/** Puts what was seen and what the processor made of it side by side. */
export function explain({ spans, events }: Seen, told: readonly Fact[], reader: SpanReader) {
  const facts = new NewestFacts(told)
  const bySpan = Map.groupBy(spans, (it) => it.traceId)
  const byEvent = Map.groupBy(events, (it) => it.traceId)
  const ids = new Set([...bySpan.keys(), ...byEvent.keys()])
  const explained = [...ids].map((traceId) => {
    return { traceId, spans: explainedSpans(bySpan.get(traceId) ?? [], facts, reader) }
  })
  const rest = facts.rest()
  const traces = explained.map((it): ExplainedTrace => {
    const ofTrace = (byEvent.get(it.traceId) ?? []).map(withoutTraceId)
    return { ...it, events: ofTrace, otherFacts: (rest.get(it.traceId) ?? []).map(alone) }
  })
  const elsewhere = [...rest].flatMap(([traceId, its]) => (ids.has(traceId) ? [] : its))
  const explanation: Explanation = { traces, otherFacts: elsewhere.map(alone) }
  return explanation
}

function withoutTraceId({ traceId: _, ...event }: SeenEvent): ExplainedEvent {
  return event
}

function explainedSpans(
  spans: readonly SeenSpan[],
  facts: NewestFacts,
  reader: SpanReader,
): ExplainedSpan[] {
  const seen = new Set<string>()
  return inTreeOrder(spans).map(({ span, depth }) => {
    const isRepeated = seen.has(span.spanId)
    seen.add(span.spanId)
    const reading = isRepeated ? ({ kind: 'repeated' } as const) : span.reading
    const own = facts.take(span.traceId, span.spanId)
    const explained = own.map((fact) => explainedFact(fact, span))
    const who = reading.kind === 'agent' ? whoOf(own[0], span.record, span.notes) : []
    const left = leftovers(span.notes, who, explained, reader.sources.of)
    const { spanId, parentSpanId, name, startMs, endMs } = span
    return {
      ...{ spanId, parentSpanId, depth, name, durationMs: Math.max(0, endMs - startMs) },
      ...{ reading, who, facts: explained },
      ...(reading.kind === 'agent' ? left : { unused: [], unread: [] }),
    }
  })
}

function explainedFact(fact: Fact, { notes }: Pick<SeenSpan, 'notes'>): ExplainedFact {
  return {
    kind: fact.kind,
    about: undefined,
    notCounted: notCounted(fact),
    fields: ownFields(fact, notes),
  }
}

const noNotes = { read: new Map(), span: new Map(), resource: new Map() }

/** A fact about something that was not recorded. */
function alone(fact: Fact): ExplainedFact {
  const about = fact.traceId === '' ? undefined : `${fact.traceId}/${fact.spanId}`
  const { fields, ...explained } = explainedFact(fact, { notes: noNotes })
  return { ...explained, about, fields: fields.map((it) => ({ ...it, from: undefined })) }
}
