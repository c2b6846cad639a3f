import type { LogReading } from './log-reading.ts'
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
    source: 'log',
    spanId: `log:${spanId}@${atMs}/${event}/${about}`,
    parentSpanId: spanId,
    startMs: atMs,
    endMs: atMs,
    dialect: 'otel',
    scope: '',
    operation: operationOf(reading),
    name: undefined,
    isError: false,
    errorType,
    who,
    conversation,
    user: undefined,
    workflow: undefined,
    weight: 1,
    exclusion: undefined,
    call: undefined,
    tool: undefined,
    run: runOf(reading),
    policy,
    handover: undefined,
    trust: undefined,
    verdicts: verdict === undefined ? [] : [verdict],
    links: [],
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
