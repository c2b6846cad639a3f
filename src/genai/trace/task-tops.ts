import { isRun } from '../operation.ts'
import type { SpanRecord } from '../span-record.ts'
import { none, type TraceTree } from './tree.ts'

/** Where a record stands that no task has, since an evaluator caused it. */
export const inEvaluation = -2

/** Which runs of a trace are tasks, and what belongs to each. */
export interface TaskTops {
  /** Records that are the top of a task, by index. */
  readonly tops: readonly number[]
  /** For each record the top of its task, {@link none}, or {@link inEvaluation}. */
  readonly topOf: Int32Array
}

/**
 * Finds the runs that have no run above them. A trace without any run has the roots among its
 * chains: OpenInference writes frameworks that know no agents so.
 */
export function taskTopsOf({ records, parents, order }: TraceTree): TaskTops {
  const isTop = records.some(isRunSpan) ? isRunSpan : isChain
  const topOf = new Int32Array(records.length).fill(none)
  const tops: number[] = []
  for (const index of order) {
    const record = records[index]
    const parent = parents[index] ?? none
    const above = topOf[parent] ?? none
    if (record === undefined) continue
    if (above === inEvaluation || record.operation === 'evaluator') topOf[index] = inEvaluation
    else if (above !== none) topOf[index] = above
    else if (isTop(record, parent)) {
      topOf[index] = index
      tops.push(index)
    }
  }
  return { tops, topOf }
}

function isRunSpan({ source, operation }: SpanRecord): boolean {
  return source === 'span' && isRun(operation)
}

function isChain({ source, operation, dialect }: SpanRecord, parent: number): boolean {
  const isRoot = parent === none
  return isRoot && source === 'span' && operation === 'chain' && dialect === 'openinference'
}
