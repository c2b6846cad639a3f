import { z } from 'zod'
import type { Batch } from '../../component/batch.ts'
import { toJson } from '../../pdata/json.ts'
import { durationText } from '../../telemetry/duration-text.ts'

const schema = z.strictObject({
  /** Since the start. */
  at: z.string(),
  exporter: z.string(),
  kind: z.enum(['traces', 'logs', 'metrics', 'alerts']),
  /** OTLP/JSON, or the list of alerts; missing where only facts came. */
  body: z.unknown().optional(),
  facts: z.array(z.unknown()).optional(),
})

/** One batch that an exporter got, as it stands in `expected.json`. */
export type Captured = z.output<typeof schema>

/** Reads `expected.json`. */
export function readExpected(text: string): Captured[] {
  return z.array(schema).parse(JSON.parse(text))
}

/** @param atMs since the start */
export function captured(atMs: number, exporter: string, batch: Batch): Captured {
  const head = { at: durationText(atMs), exporter, kind: batch.kind }
  if (batch.kind === 'alerts') return plain({ ...head, body: batch.alerts })
  const { payload, facts } = batch
  return plain({
    ...head,
    ...(payload.itemCount > 0 && { body: JSON.parse(toJson(payload)) }),
    ...(facts.length > 0 && { facts }),
  })
}

/** What JSON makes of it, so that it compares with what was read from a file. */
function plain(value: object): Captured {
  return schema.parse(JSON.parse(JSON.stringify(value)))
}
