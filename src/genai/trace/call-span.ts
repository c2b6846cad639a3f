import type { CallPart, SpanRecord } from '../span-record.ts'
import type { TraceTree } from './tree.ts'

/** A record that reports a call of a model, with how deep in its trace it stands. */
export interface CallSpan {
  readonly index: number
  readonly record: SpanRecord
  readonly call: CallPart
  readonly level: number
}

/** The call of a record that is known to report one. */
export function callAt({ records, levels }: TraceTree, index: number): CallSpan {
  const record = records[index]
  if (record?.call === undefined) throw new RangeError(`record ${index} has no call`)
  return { index, record, call: record.call, level: levels[index] ?? 0 }
}
