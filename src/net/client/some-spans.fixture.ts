import {
  type ClientMetadata,
  type Lease,
  type TelemetryBatch,
  telemetryBatch,
} from '../../component/batch.ts'
import { fromJson } from '../../pdata/json.ts'
import { decode } from '../../pdata/payload.ts'

/** A batch of made-up spans, for tests of exporters. */
export function someSpans(
  count: number,
  {
    name = 'chat',
    leases = [],
    metadata,
  }: { name?: string; leases?: readonly Lease[]; metadata?: ClientMetadata } = {},
): TelemetryBatch {
  const spans = Array.from({ length: count }, (_, at) => ({
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: (at + 1).toString(16).padStart(16, '0'),
    name,
    startTimeUnixNano: '1544712660000000000',
    endTimeUnixNano: '1544712661000000000',
  }))
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
  return telemetryBatch(decode('traces', fromJson('traces', body)), [], leases, metadata)
}
