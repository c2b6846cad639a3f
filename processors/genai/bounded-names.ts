import { type Bounded, boundedName } from '../../src/genai/bounded.ts'
import type { PointReading } from '../../src/genai/read-metric.ts'
import type { SpanRecord } from '../../src/genai/span-record.ts'

/** The record of a log event with its models and tools kept to a number, as a span's are. */
export function boundedRecord(record: SpanRecord, bounded: Bounded): SpanRecord {
  const { call, tool } = record
  if (call === undefined && tool === undefined) return record
  return {
    ...record,
    call: call && {
      ...call,
      requestModel: boundedName(bounded, 'models', call.requestModel),
      responseModel: boundedName(bounded, 'models', call.responseModel),
    },
    tool: tool && {
      ...tool,
      tool: bounded('tools', tool.tool),
      server: boundedName(bounded, 'tools', tool.server),
    },
  }
}

/** The same of a data point. */
export function boundedPoint(reading: PointReading, bounded: Bounded): PointReading {
  if (reading.kind === 'trust' || reading.model === undefined) return reading
  return { ...reading, model: bounded('models', reading.model) }
}
