import { durationText } from '../../telemetry/duration-text.ts'
import { table } from '../table.ts'
import { escaped } from './escaped.ts'
import type {
  ExplainedEvent,
  ExplainedFact,
  ExplainedSpan,
  ExplainedTrace,
  Explanation,
  Field,
  Reading,
  Unused,
} from './explained.ts'

/**
 * An explanation for people, in pieces: for each trace a tree of its spans and what it settled to,
 * then facts about anything else.
 */
export function* explanationText({ traces, otherFacts }: Explanation): Generator<string> {
  for (const [at, trace] of traces.entries()) yield `${at === 0 ? '' : '\n'}${traceText(trace)}`
  if (otherFacts.length > 0) yield `\nfacts of no recorded trace\n${factsText(otherFacts)}`
}

function traceText({ traceId, spans, events, otherFacts }: ExplainedTrace): string {
  return [
    `${traceId === '' ? 'no trace' : `trace ${traceId}`}\n`,
    ...spans.map(spanText),
    eventsText(events),
    otherFacts.length === 0 ? '' : `  facts of no recorded span\n${factsText(otherFacts)}`,
    settledText(spans),
  ].join('')
}

function spanText(span: ExplainedSpan): string {
  const head = `${escaped(span.name) || '(no name)'}  ${span.spanId}  ${durationText(span.durationMs)}`
  const lines = [
    head,
    ...indented([readingText(span.reading)]),
    ...indented(fieldLines(span.who)),
    ...indented(span.facts.flatMap(factLines)),
    ...indented(unusedLines(span)),
  ]
  const indent = '  '.repeat(Math.min(span.depth, maxIndent) + 1)
  return lines.map((line) => `${indent}${line}\n`).join('')
}

/** Deeper spans stand as deep as this. */
const maxIndent = 32

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

function readingText(reading: Reading): string {
  switch (reading.kind) {
    case 'no_agent':
      return 'no span of an agent'
    case 'repeated':
      return 'the same span again: counted once'
    case 'ignored':
      return `${reading.dialect}, ignored: ${reading.reason}`
    case 'agent': {
      const also =
        reading.also.length === 0 ? '' : ` (with attributes of ${reading.also.join(', ')})`
      const from = reading.operationFrom === undefined ? '' : `  < ${reading.operationFrom}`
      return `${reading.dialect}${also}: ${reading.operation}${from}`
    }
  }
}

function factsText(facts: readonly ExplainedFact[]): string {
  return indented(indented(facts.flatMap(factLines)))
    .map((line) => `${line}\n`)
    .join('')
}

function factLines({ kind, about, notCounted, fields }: ExplainedFact): string[] {
  const of = about === undefined ? '' : ` of ${about}`
  const why = notCounted === undefined ? '' : `, not counted: ${notCounted}`
  return [`${kind}${of}${why}`, ...indented(fieldLines(fields))]
}

function fieldLines(fields: readonly Field[]): string[] {
  const rows = fields.map((field) => [field.name, valueText(field), originText(field)])
  return linesOf(table(rows.map((row) => row.map(escaped))))
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function valueText({ name, value }: Field): string {
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'number') return String(value)
  if (name.endsWith('NanoUsd')) return `${value} (${value / 1e9} USD)`
  return String(Math.round(value * 1e3) / 1e3)
}

function originText({ from }: Field): string {
  if (from === undefined) return ''
  if (from.on === 'span_above') return '< a span above'
  if (from.on === 'elsewhere') return '< its name, an event or another span'
  const of = from.on === 'resource' ? ' of the resource' : ''
  const raw = from.raw === undefined ? '' : ` = ${from.raw}`
  return `< ${from.attribute}${raw}${of}`
}

/** More names are of no use to anybody. */
const maxNames = 20

function unusedLines({ unused, unread }: ExplainedSpan): string[] {
  const names = (why: Unused['why']) =>
    unused.filter((it) => it.why === why).map(({ attribute }) => attribute)
  const later = unused
    .filter(({ why }) => why === 'asked_later')
    .map(({ attribute, instead }) => `not used: ${attribute}, ${instead} is asked before it`)
  return [
    ...later.map(escaped),
    ...listed('not used, sums over several calls', names('sum')),
    ...listed('say the same', names('same')),
    ...listed('no fact is made of', unread),
  ]
}

function listed(what: string, attributes: readonly string[]): string[] {
  if (attributes.length === 0) return []
  const names = attributes.slice(0, maxNames).map(escaped).join(', ')
  const more = attributes.length > maxNames ? ` and ${attributes.length - maxNames} more` : ''
  return [`${what}: ${names}${more}`]
}

function eventsText(events: readonly ExplainedEvent[]): string {
  return events
    .map(({ name, spanId, isUnderstood }) => {
      const of = spanId === '' ? '' : ` of ${spanId}`
      return `  event ${escaped(name)}${of}: ${isUnderstood ? 'understood' : 'no fact is made of it'}\n`
    })
    .join('')
}

/** What became of the trace: its tasks, and which calls count. */
function settledText(spans: readonly ExplainedSpan[]): string {
  const facts = spans.flatMap((span) => span.facts.map((fact) => ({ span, fact })))
  const named = (kind: string) =>
    facts
      .filter(({ fact }) => fact.kind === kind)
      .map(({ span, fact }) => {
        const why = fact.notCounted === undefined ? 'counts' : `not counted: ${fact.notCounted}`
        return `    ${kind} ${span.spanId} ${escaped(span.name)}: ${escaped(why)}\n`
      })
  const tasks = facts.filter(({ fact }) => fact.kind === 'task').map(({ span }) => span.spanId)
  const settled = tasks.length === 0 ? 'no task' : `the task of ${tasks.join(', of ')}`
  return [`  settles to ${settled}\n`, ...named('llm_call'), ...named('tool_call')].join('')
}
