import type { Batch } from '../../src/component/batch.ts'
import { toJson } from '../../src/pdata/json.ts'

/** A batch as text: a line of OTLP/JSON for a request, a line for each alert. */
export function lines(batch: Batch): string {
  if (batch.kind !== 'alerts') return `${toJson(batch.payload)}\n`
  return batch.alerts.map((it) => `${JSON.stringify(it)}\n`).join('')
}
