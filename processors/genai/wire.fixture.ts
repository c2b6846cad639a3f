import { decode, type Payload } from '../../src/pdata/payload.ts'
import { at } from './agents.fixture.ts'
import { spanIdOf, traceIdOf } from './traces.fixture.ts'

type Content = string | Uint8Array

/** A span in the protobuf of OTLP: for what the JSON of OTLP cannot say, or is too large to. */
export interface WireSpan {
  readonly traceId?: Uint8Array
  readonly spanId?: Uint8Array
  readonly parentSpanId?: Uint8Array
  readonly name?: Content
  readonly startUnixNano?: bigint
  readonly endUnixNano?: bigint
  /** Key and value, or several of them as they are written. */
  readonly attributes?: readonly Uint8Array[]
  readonly events?: readonly Uint8Array[]
  readonly links?: readonly Uint8Array[]
}

export const traceIdBytes = (trace: number) => Buffer.from(traceIdOf(trace), 'hex')
export const spanIdBytes = (span: number) => Buffer.from(spanIdOf(span), 'hex')

/** A request with these spans, decoded as a receiver does it. */
export function wireRequest(spans: readonly WireSpan[]): Payload {
  const service = resource(textAttribute('service.name', 'support'))
  const scopeSpans = spans.map((span) => field(2, written(span)))
  const bytes = field(1, Buffer.concat([field(1, service), field(2, Buffer.concat(scopeSpans))]))
  return decode('traces', bytes)
}

export function textAttribute(key: Content, value: Content): Uint8Array {
  return attribute(key, field(1, value))
}

export function doubleAttribute(key: Content, value: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = tag(4, fixed64)
  bytes.writeDoubleLE(value, 1)
  return attribute(key, bytes)
}

export function eventBytes(name: string, attributes: readonly Uint8Array[]): Uint8Array {
  return field(11, Buffer.concat([field(2, name), ...attributes.map((it) => inEvent(it))]))
}

export function linkBytes(trace: number, span: number): Uint8Array {
  return field(13, Buffer.concat([field(1, traceIdBytes(trace)), field(2, spanIdBytes(span))]))
}

/** An attribute as a field of a span. */
function attribute(key: Content, value: Uint8Array): Uint8Array {
  return field(9, Buffer.concat([field(1, key), field(2, value)]))
}

/** The attribute of a span as one of an event. */
function inEvent(attributeOfSpan: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(tag(3, delimited)), attributeOfSpan.subarray(1)])
}

/** The attribute of a span as one of a resource. */
function resource(attributeOfSpan: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(tag(1, delimited)), attributeOfSpan.subarray(1)])
}

function written(span: WireSpan): Uint8Array {
  const { traceId = traceIdBytes(0), spanId = spanIdBytes(1), parentSpanId, name = 'span' } = span
  const { attributes = [], events = [], links = [] } = span
  return Buffer.concat([
    field(1, traceId),
    field(2, spanId),
    ...(parentSpanId === undefined ? [] : [field(4, parentSpanId)]),
    field(5, name),
    time(7, span.startUnixNano ?? nanos(at(0))),
    time(8, span.endUnixNano ?? nanos(at(1))),
    ...attributes,
    ...events,
    ...links,
  ])
}

function nanos(ms: number): bigint {
  return BigInt(ms) * 1_000_000n
}

const fixed64 = 1
const delimited = 2

function tag(number: number, wireType: number): number {
  return (number << 3) | wireType
}

function time(number: number, unixNano: bigint): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = tag(number, fixed64)
  bytes.writeBigUInt64LE(unixNano, 1)
  return bytes
}

function field(number: number, content: Content): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return Buffer.concat([Buffer.of(tag(number, delimited)), varint(bytes.length), bytes])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}
