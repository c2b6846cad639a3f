import { type TelemetryBatch, telemetryBatch } from '../../src/component/batch.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { decode, type Payload } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'

/** What matters of one span or log record; everything else has a default. */
export interface ItemSpec {
  readonly traceId?: string
  readonly spanId?: string
  readonly name?: string
}

/** A request with one item for each specification, as a client would have sent it. */
export function aRequest(signal: Signal, items: readonly ItemSpec[]): Payload {
  const bytes = fromJson(signal, JSON.stringify(requestJson(signal, items)))
  return decode(signal, bytes)
}

/** A batch as a receiver makes it. */
export function aBatch(signal: Signal, items: readonly ItemSpec[]): TelemetryBatch {
  return telemetryBatch(aRequest(signal, items))
}

/** OTLP/JSON of a request. */
export function requestJson(signal: Signal, items: readonly ItemSpec[]): object {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'support-bot' } }] }
  const ids = (item: ItemSpec) => ({
    traceId: item.traceId ?? '0af7651916cd43dd8448eb211c80319c',
    spanId: item.spanId ?? 'b7ad6b7169203331',
  })
  if (signal === 'traces') {
    const spans = items.map((item) => ({
      ...ids(item),
      name: item.name ?? 'chat gpt-5',
      kind: 3,
      startTimeUnixNano: '1767225600000000000',
      endTimeUnixNano: '1767225601000000000',
    }))
    return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans }] }] }
  }
  if (signal === 'logs') {
    const logRecords = items.map((item) => ({
      ...ids(item),
      timeUnixNano: '1767225600000000000',
      body: { stringValue: item.name ?? 'hello' },
    }))
    return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'test' }, logRecords }] }] }
  }
  const metrics = items.map((item) => ({
    name: item.name ?? 'requests',
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ timeUnixNano: '1767225600000000000', asInt: '1' }],
    },
  }))
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'test' }, metrics }] }] }
}
