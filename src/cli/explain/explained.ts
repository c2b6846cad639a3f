import type { DialectName } from '../../genai/dialect.ts'
import type { Operation } from '../../genai/operation.ts'

/** What was understood of recorded requests; `--json` prints it as it stands. */
export interface Explanation {
  readonly traces: readonly ExplainedTrace[]
  /** About spans of traces that were not recorded, or about none. */
  readonly otherFacts: readonly ExplainedFact[]
}

export interface ExplainedTrace {
  readonly traceId: string
  /** Parents before their children, siblings by their start. */
  readonly spans: readonly ExplainedSpan[]
  readonly events: readonly ExplainedEvent[]
  /** About spans of the trace that were not recorded, or about none. */
  readonly otherFacts: readonly ExplainedFact[]
}

export interface ExplainedSpan {
  readonly spanId: string
  readonly parentSpanId: string
  /** Recorded spans above it. */
  readonly depth: number
  readonly name: string
  readonly durationMs: number
  readonly reading: Reading
  /** Whose it is. */
  readonly who: readonly Field[]
  readonly facts: readonly ExplainedFact[]
  readonly unused: readonly Unused[]
  /** Names of attributes that no fact is made of; messages are among them. */
  readonly unread: readonly string[]
}

export type Reading =
  | {
      readonly kind: 'agent'
      readonly dialect: DialectName
      /** Whose attributes it carries besides. */
      readonly also: readonly DialectName[]
      readonly operation: Operation
      /** The attribute that says what it does; absent where its name or scope does. */
      readonly operationFrom: string | undefined
    }
  /** Of an agent, but it says nothing. */
  | { readonly kind: 'ignored'; readonly dialect: DialectName; readonly reason: string }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'no_agent' }

/** A fact in its newest revision. */
export interface ExplainedFact {
  readonly kind: string
  /** `trace/span`, where it does not stand below its span. */
  readonly about: string | undefined
  /** Why it adds nothing to any sum; absent where it counts. */
  readonly notCounted: string | undefined
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  readonly value: FieldValue
  /** Absent for what is worked out of ids, times and other fields. */
  readonly from: Origin | undefined
}

export type FieldValue = string | number | boolean | readonly string[]

export interface Origin {
  /** `elsewhere` is the name of the span, its events, or another report of the same. */
  readonly on: 'span' | 'resource' | 'span_above' | 'elsewhere'
  /** Absent where it stands on no attribute of the span or its resource. */
  readonly attribute: string | undefined
  /** What the attribute says, where that is a number or a bool. */
  readonly raw: number | boolean | undefined
}

/** An attribute that is known and was not taken. */
export interface Unused {
  readonly attribute: string
  /** It says the same as what was taken, it is asked later, or it is a sum over several calls. */
  readonly why: 'same' | 'asked_later' | 'sum'
  /** What was taken instead. */
  readonly instead: string | undefined
}

export interface ExplainedEvent {
  readonly name: string
  /** Empty for an event that belongs to no span. */
  readonly spanId: string
  readonly isUnderstood: boolean
}
