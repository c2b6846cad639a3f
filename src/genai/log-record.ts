import type { LogView } from '../pdata/logs.ts'
import { shortText } from './short-text.ts'
import type { SpanRecord, Who } from './span-record.ts'

/** What sets one call of the log apart. */
export type LoggedCall = Pick<SpanRecord, 'dialect' | 'operation' | 'isError'> &
  Partial<Pick<SpanRecord, 'errorType' | 'conversation' | 'user' | 'call' | 'tool'>> & {
    /** What it is known by: the id of a request or of a tool call. */
    readonly id: string | undefined
    readonly durationMs: number | undefined
  }

/**
 * A call that the log reports, as if it were a span below the one that its record names; two records
 * of one call have one id. It ends when the record was written.
 */
export function logRecord(record: LogView, who: Who, logged: LoggedCall): SpanRecord {
  const { id, durationMs, ...call } = logged
  const endMs = eventMs(record)
  return {
    ...blankLogRecord,
    spanId: `log:${shortText(id) ?? `${record.spanIdHex()}@${record.timeUnixNano}`}`,
    parentSpanId: record.spanIdHex(),
    startMs: Math.max(0, endMs - Math.max(0, durationMs ?? 0)),
    endMs,
    scope: shortText(record.scope.name()) ?? '',
    who,
    ...call,
  }
}

/** What an event of the log does not say, unless it does. */
export const blankLogRecord = {
  source: 'log',
  name: undefined,
  isError: false,
  errorType: undefined,
  conversation: undefined,
  user: undefined,
  workflow: undefined,
  weight: 1,
  exclusion: undefined,
  call: undefined,
  tool: undefined,
  run: undefined,
  policy: undefined,
  handover: undefined,
  trust: undefined,
  verdicts: [],
  links: [],
} as const satisfies Partial<SpanRecord>

/** When it happened, else when it was seen, in milliseconds since the Unix epoch. */
export function eventMs(record: LogView): number {
  return record.timeMs || record.observedTimeMs
}
