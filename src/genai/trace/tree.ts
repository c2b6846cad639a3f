import type { SpanRecord } from '../span-record.ts'
import { newerRecord } from './newer-record.ts'

/** What is known of the spans between records, which have none of their own. */
export interface Ancestry {
  /** The nearest span with a record above one that has a record too. */
  nearestRecord(spanId: string): string | undefined
}

/** No span is known but those that have records. */
export const noAncestry: Ancestry = { nearestRecord: () => undefined }

/** Stands for no index. */
export const none = -1

/**
 * The records of one trace with their places in it. Records are named by their index in the order
 * of their start.
 */
export interface TraceTree {
  /** One per span id, by start and then by span id. */
  readonly records: readonly SpanRecord[]
  /** The nearest record above, or {@link none}. */
  readonly parents: Int32Array
  /** How many records are above. */
  readonly levels: Int32Array
  /** Every record once, parents before their children and otherwise as they started. */
  readonly order: Int32Array
  indexOf(spanId: string): number
}

/** Whatever the order of `records`, however often one comes and whatever its parents say. */
export function buildTree(records: Iterable<SpanRecord>, ancestry: Ancestry): TraceTree {
  const sorted = [...distinct(records).values()].sort(byStart)
  const indices = new Map<string, number>()
  sorted.forEach((record, index) => {
    indices.set(record.spanId, index)
  })
  const indexOf = (spanId: string) => indices.get(spanId) ?? none
  const parents = Int32Array.from(sorted, (record) => parentOf(record, indices, ancestry))
  breakCycles(parents)
  return { records: sorted, parents, indexOf, ...placesOf(sorted, parents) }
}

/** More spans between two records than one walks past. */
const maxSteps = 64

/** The nearest record above, though the ancestry may know of some that are not looked at now. */
function parentOf(
  { spanId, parentSpanId }: SpanRecord,
  indices: ReadonlyMap<string, number>,
  ancestry: Ancestry,
): number {
  if (parentSpanId === '') return none
  const parent = indices.get(parentSpanId)
  if (parent !== undefined) return parent
  let above = ancestry.nearestRecord(spanId)
  for (let steps = 0; steps < maxSteps && above !== undefined; steps++) {
    const index = indices.get(above)
    if (index !== undefined) return index
    above = ancestry.nearestRecord(above)
  }
  return none
}

function distinct(records: Iterable<SpanRecord>): Map<string, SpanRecord> {
  const bySpan = new Map<string, SpanRecord>()
  for (const record of records) {
    const known = bySpan.get(record.spanId)
    bySpan.set(record.spanId, known === undefined ? record : newerRecord(known, record))
  }
  return bySpan
}

function byStart(a: SpanRecord, b: SpanRecord): number {
  return a.startMs - b.startMs || (a.spanId < b.spanId ? -1 : 1)
}

/** Makes the first record of every cycle a root. */
function breakCycles(parents: Int32Array): void {
  const walkOf = new Int32Array(parents.length).fill(none)
  for (let start = 0; start < parents.length; start++) {
    let at = start
    while (at !== none && walkOf[at] === none) {
      walkOf[at] = start
      at = parents[at] ?? none
    }
    if (at !== none && walkOf[at] === start) parents[firstOfCycle(parents, at)] = none
  }
}

function firstOfCycle(parents: Int32Array, member: number): number {
  let first = member
  for (let at = parents[member] ?? none; at !== member; at = parents[at] ?? none) {
    first = Math.min(first, at)
  }
  return first
}

/** Levels from the top down, and an order in which no record comes before what it is part of. */
function placesOf(
  records: readonly SpanRecord[],
  parents: Int32Array,
): Pick<TraceTree, 'levels' | 'order'> {
  const levels = new Int32Array(records.length).fill(none)
  const starts = new Float64Array(records.length)
  const path: number[] = []
  records.forEach((_, index) => {
    for (let at = index; at !== none && levels[at] === none; at = parents[at] ?? none) path.push(at)
    for (let at = path.pop(); at !== undefined; at = path.pop()) {
      const parent = parents[at] ?? none
      const own = records[at]?.startMs ?? 0
      levels[at] = parent === none ? 0 : (levels[parent] ?? 0) + 1
      starts[at] = parent === none ? own : Math.max(own, starts[parent] ?? own)
    }
  })
  const order = Int32Array.from(records, (_, index) => index).sort(
    (a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || (levels[a] ?? 0) - (levels[b] ?? 0) || a - b,
  )
  return { levels, order }
}
