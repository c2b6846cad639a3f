import type { LogReading } from './log-reading.ts'
import { blankLogRecord } from './log-record.ts'
import type { SpanRecord } from './span-record.ts'

/**
 * What an event of the log tells, as a record of its trace below the span that the event names; two
 * events that tell the same have one id.
 */
export function logRecordOf(reading: LogReading): SpanRecord {
  if (reading.record !== undefined) return reading.record
  const { event, spanId, atMs, who, conversation, verdict, policy, errorType } = reading
  const about = verdict?.name ?? policy?.rule ?? reading.toolCallId ?? ''
  return {
    ...blankLogRecord,
    spanId: `log:${spanId}@${atMs}/${event}/${about}`,
    parentSpanId: spanId,
    startMs: atMs,
    endMs: atMs,
    dialect: 'otel',
    scope: '',
    operation: operationOf(reading),
    errorType,
    who,
    conversation,
    run: runOf(reading),
    policy,
    verdicts: verdict === undefined ? [] : [verdict],
  }
}

function operationOf({ verdict, policy }: LogReading): SpanRecord['operation'] {
  if (verdict !== undefined) return 'evaluator'
  return policy === undefined ? 'other' : 'policy_check'
}

/** Variants are of the run around the event. */
function runOf({ variants }: LogReading): SpanRecord['run'] {
  if (Object.keys(variants).length === 0) return undefined
  return {
    taskName: undefined,
    taskId: undefined,
    success: undefined,
    confidence: undefined,
    variants,
  }
}
