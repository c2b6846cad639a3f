import type { Overflow } from '../../src/genai/trace/overflow.ts'
import type { Reached } from './ancestors.ts'

/**
 * What is remembered of a trace beside the records of its spans. Plain JSON data, owned by the
 * state; times are record time in milliseconds since the Unix epoch.
 */
export interface OpenTrace {
  readonly firstMs: number
  /** When a record of it came last. */
  lastMs: number
  settledMs: number | undefined
  /** Whether something changed since it settled. */
  isStale: boolean
  /** Records that came after it had settled. */
  lateIds: string[]
  /** Revisions of facts beyond the first, by kind and span. */
  readonly revisions: Record<string, number>
  /** What decides besides its records. */
  readonly besides: Besides
  /** The same as far as facts were told by it. */
  told: Besides
  readonly reached: Reached
}

/** What decides the facts of a trace besides its records. */
export interface Besides {
  /** Calls that a span of another trace counts for, and that span, `trace/span`. */
  readonly lostTo: Record<string, string>
  /** Sums of what came beyond the records that are kept of one trace. */
  overflow: Overflow | undefined
}

/** A trace whose first record comes now. */
export function openTrace(atMs: number): OpenTrace {
  return {
    firstMs: atMs,
    lastMs: atMs,
    settledMs: undefined,
    isStale: false,
    lateIds: [],
    revisions: {},
    besides: { lostTo: {}, overflow: undefined },
    told: { lostTo: {}, overflow: undefined },
    reached: {},
  }
}

export function copyOf({ lostTo, overflow }: Besides): Besides {
  return { lostTo: { ...lostTo }, overflow }
}
