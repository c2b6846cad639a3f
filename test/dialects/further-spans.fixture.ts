/** A span that stands beside those of an example. */
export interface FurtherSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** When it starts and ends, after the start of the example. */
  readonly seconds: readonly [number, number]
  readonly attributes: Readonly<Record<string, string | number>>
}

/** Unix time at which every example starts. */
const startSeconds = 1_767_225_600

/** A request with spans that follow the GenAI conventions. */
export function furtherSpans(...spans: readonly FurtherSpan[]): object {
  const scope = { name: 'my-agent' }
  return { resourceSpans: [{ scopeSpans: [{ scope, spans: spans.map(toJson) }] }] }
}

function toJson({ seconds: [from, to], attributes, ...ids }: FurtherSpan): object {
  return {
    ...ids,
    kind: 1,
    startTimeUnixNano: `${startSeconds + from}000000000`,
    endTimeUnixNano: `${startSeconds + to}000000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) })),
  }
}

function anyValue(value: string | number): object {
  return typeof value === 'string' ? { stringValue: value } : { intValue: String(value) }
}
