import type { Evidence, Task } from '../../facts/fact.ts'
import type { SpanRecord, VerdictPart } from '../span-record.ts'
import { isCancelled, isInterrupt } from './error-types.ts'
import type { TraceOptions } from './options.ts'

export interface TaskOutcome {
  readonly outcome: Task['outcome']
  readonly evidence: Evidence
}

/** What is known of a task when its trace has settled. */
export interface TaskSigns {
  readonly top: SpanRecord
  /** The verdict that decides over the task. */
  readonly verdict: VerdictPart | undefined
  readonly finishReason: string | undefined
}

/**
 * What became of a task: what its sender says, else what somebody judged, else its status. A task
 * that ended without an error succeeded, as far as a status can tell.
 */
export function taskOutcome(
  { top, verdict, finishReason }: TaskSigns,
  { cancelTypes, badFinishReasons }: TraceOptions,
): TaskOutcome {
  const success = top.run?.success
  if (success !== undefined) return { outcome: success ? 'good' : 'bad', evidence: 'reported' }
  if (verdict?.isPassed !== undefined) {
    return { outcome: verdict.isPassed ? 'good' : 'bad', evidence: 'judged' }
  }
  const { errorType } = top
  if (errorType !== undefined && (isCancelled(errorType, cancelTypes) || isInterrupt(errorType))) {
    return { outcome: 'ignored', evidence: 'status' }
  }
  const hasEndedBadly = finishReason !== undefined && badFinishReasons.has(finishReason)
  const isBad = top.isError || errorType !== undefined || hasEndedBadly
  return { outcome: isBad ? 'bad' : 'good', evidence: 'status' }
}
