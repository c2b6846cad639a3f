import type { PointReading } from '../../src/genai/read-metric.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'
import type { Config } from './config.ts'
import type { Counters } from './counters.ts'

/**
 * A record with times that can be: one that ends too far in the future ends now and takes as long as
 * it did, one that ends before it starts takes no time, and one without times is of now.
 */
export function timely(
  record: SpanRecord,
  atMs: number,
  { max_skew }: Pick<Config, 'max_skew'>,
  counters: Pick<Counters, 'skew'>,
): SpanRecord {
  const { startMs } = record
  const endMs = record.endMs || startMs || atMs
  if (endMs > atMs + max_skew) {
    counters.skew('future')
    return at(record, atMs, startMs > 0 ? Math.max(0, endMs - startMs) : 0)
  }
  if (startMs > endMs) {
    counters.skew('negative')
    return at(record, endMs, 0)
  }
  return startMs === 0 || record.endMs === 0 ? at(record, endMs, 0) : record
}

/** A data point with a time that can be, by the same rule. */
export function timelyPoint(
  reading: PointReading,
  atMs: number,
  { max_skew }: Pick<Config, 'max_skew'>,
  counters: Pick<Counters, 'skew'>,
): PointReading {
  if (reading.atMs === 0) return { ...reading, atMs }
  if (reading.atMs <= atMs + max_skew) return reading
  counters.skew('future')
  return { ...reading, atMs }
}

function at(record: SpanRecord, endMs: number, durationMs: number): SpanRecord {
  return { ...record, startMs: endMs - durationMs, endMs }
}
