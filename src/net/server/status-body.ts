/** What a request is written in; its answer is written in the same. */
export type Encoding = 'protobuf' | 'json'

export const mediaType = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
} as const satisfies Record<Encoding, string>

/** `google.rpc.Status`, with what OTLP asks to say beside it. */
export interface Status {
  /** Code of gRPC. */
  readonly code: number
  readonly message: string
  /** Part of the request that is at fault, such as `body` or `Content-Encoding`. */
  readonly badField?: string
  /** When the same request may come again, in milliseconds: a `google.rpc.RetryInfo`. */
  readonly retryAfterMs?: number
}

const badRequestType = 'type.googleapis.com/google.rpc.BadRequest'
const retryInfoType = 'type.googleapis.com/google.rpc.RetryInfo'

/** Longest message that is sent, in UTF-16 units; clients print it, and limit what they read. */
const longestMessage = 1024

/** A status as the body of an answer. */
export function statusBody(status: Status, encoding: Encoding): Buffer {
  const short = { ...status, message: shortMessage(status.message) }
  return encoding === 'json' ? Buffer.from(JSON.stringify(asJson(short))) : asProtobuf(short)
}

/** A message as it is sent: not too long, and text that can be encoded. */
export function shortMessage(message: string): string {
  const short = message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`
  return short.toWellFormed()
}

function asJson({ code, message, badField, retryAfterMs }: Status): object {
  const fieldViolations = [{ field: badField, description: message }]
  const details = [
    ...(badField === undefined ? [] : [{ '@type': badRequestType, fieldViolations }]),
    ...(retryAfterMs === undefined
      ? []
      : [{ '@type': retryInfoType, retryDelay: `${retryAfterMs / 1000}s` }]),
  ]
  return details.length === 0 ? { code, message } : { code, message, details }
}

/** Status: code=1, message=2, details=3; Any: type_url=1, value=2. */
function asProtobuf({ code, message, badField, retryAfterMs }: Status): Buffer {
  const parts = [Buffer.of(0x08, code), text(2, message)]
  if (badField !== undefined) {
    const violation = Buffer.concat([text(1, badField), text(2, message)])
    parts.push(detail(badRequestType, bytes(1, violation)))
  }
  if (retryAfterMs !== undefined)
    parts.push(detail(retryInfoType, bytes(1, asDuration(retryAfterMs))))
  return Buffer.concat(parts)
}

function detail(type: string, value: Buffer): Buffer {
  return bytes(3, Buffer.concat([text(1, type), bytes(2, value)]))
}

/** Duration: seconds=1, nanos=2. */
function asDuration(ms: number): Buffer {
  const seconds = varint(Math.floor(ms / 1000))
  return Buffer.of(0x08, ...seconds, 0x10, ...varint(Math.round((ms % 1000) * 1e6)))
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value))
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of((field << 3) | 2, ...varint(value.length)), value])
}

function varint(value: number): number[] {
  const result: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) result.push((rest & 0x7f) | 0x80)
  return [...result, rest]
}
