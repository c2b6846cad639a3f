import type { NotCounted } from '../../facts/fact.ts'
import type { CallPart, SpanRecord } from '../span-record.ts'
import { none } from './tree.ts'

/** Spans whose call counts in another trace: span id to `trace/span`. */
export type LostTo = ReadonlyMap<string, string>

/** Whether the tokens on one record count. */
export interface CallVerdict {
  /** Absent when they count. */
  readonly notCounted: NotCounted | undefined
  /** The span that has the same call and counts, `trace/span`. */
  readonly duplicateOf: string | undefined
  /** Its own call; where it counts with what other records of the same call know. */
  readonly call: CallPart
  /** The records of the same call by index, the one that knows most first; itself if it is not. */
  readonly members: readonly number[]
}

/** The verdict on a record of which nothing else is known; a wrapper counts only when it is alone. */
export function callAlone({ call }: SpanRecord): Omit<CallVerdict, 'members'> | undefined {
  if (call === undefined) return undefined
  if (call.role !== 'inference') return isSpent(call) ? repeated(call, none, true) : undefined
  const notCounted = call.isCachedReplay ? 'cached_replay' : undefined
  return { notCounted, duplicateOf: undefined, call }
}

/** The verdict on tokens that are sums or copies. */
export function repeated(call: CallPart, index: number, hasTokensBelow: boolean): CallVerdict {
  if (call.role === 'cumulative') return alone(call, index, 'cumulative')
  if (call.role === 'copy') return alone(call, index, 'gateway_copy')
  if (call.isCachedReplay) return alone(call, index, 'cached_replay')
  if (hasTokensBelow) return alone(call, index, 'wrapper')
  return { notCounted: undefined, duplicateOf: undefined, call, members: [index] }
}

/** Whether a call says what it took or cost. */
export function isSpent({ usage, reportedNanoUsd }: CallPart): boolean {
  return (
    reportedNanoUsd !== undefined ||
    usage?.inputTokens !== undefined ||
    usage?.outputTokens !== undefined
  )
}

/** The verdict on a record that does not count. */
export function alone(
  call: CallPart,
  index: number,
  notCounted: NotCounted,
  duplicateOf?: string,
): CallVerdict {
  return { notCounted, duplicateOf, call, members: [index] }
}
