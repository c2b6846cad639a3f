import type { LogView } from '../pdata/logs.ts'
import type { LogSources } from './log-keys.ts'
import type { PolicyPart, SpanRecord, VerdictPart, Who } from './span-record.ts'
import type { Values } from './values.ts'
import type { VerdictRules } from './verdict-polarity.ts'

/** What one event of the log tells; it has one of the parts, or a guard's two. */
export interface LogReading {
  /** Name of the event. */
  readonly event: string
  /** Ids of the span that the event belongs to; empty when it has none. */
  readonly traceId: string
  readonly spanId: string
  readonly atMs: number
  readonly who: Who
  readonly conversation: string | undefined
  /** A call of a model or tool, which a span may report too: by response id, tool call id or parent. */
  readonly record: SpanRecord | undefined
  /** About the span of the event, or the answer with its response id. */
  readonly verdict: VerdictPart | undefined
  /** Mostly a span reports the same decision; it counts only where none does. */
  readonly policy: PolicyPart | undefined
  /** Id of the tool call that the decision is about. */
  readonly toolCallId: string | undefined
  /** Why the call of the event's span failed. */
  readonly errorType: string | undefined
  /** What the event's span ran with. */
  readonly variants: Readonly<Record<string, string>>
}

/** What of a reading is not the same for all events. */
export type LogParts = Partial<
  Pick<LogReading, 'record' | 'verdict' | 'policy' | 'toolCallId' | 'errorType' | 'variants'>
>

/** An event while it is read: its record, with its attributes filled in. */
export interface LogContext {
  readonly record: LogView
  readonly values: Values
  readonly keys: LogSources
  readonly who: Who
  readonly rules: VerdictRules
}
