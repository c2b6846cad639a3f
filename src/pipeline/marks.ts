import { type AttributeValue, Edits, edit } from '../pdata/overlay.ts'
import type { Payload } from '../pdata/payload.ts'
import { forEachSpan } from '../pdata/spans.ts'

/** An attribute to set on one span, named by its ids in lower-case hex. */
export interface Mark {
  readonly traceId: string
  readonly spanId: string
  readonly name: string
  readonly value: AttributeValue
}

/** The payload with every mark on its span; marks of spans that are not in it are passed over. */
export function applyMarks(payload: Payload, marks: readonly Mark[]): Payload {
  if (payload.signal !== 'traces') return payload
  const bySpan = Map.groupBy(marks, (it) => it.spanId)
  const edits = new Edits()
  forEachSpan(payload, (span) => {
    const wanted = bySpan.get(span.spanIdHex())
    if (wanted === undefined) return
    const traceId = span.traceIdHex()
    for (const mark of wanted) {
      if (mark.traceId !== traceId) continue
      edits.item(span.index, { kind: 'set', key: mark.name, value: mark.value })
    }
  })
  return edit(payload, edits)
}
