/** What a request is written in; its answer is written in the same. */
export type Encoding = 'protobuf' | 'json'

export const mediaType = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
} as const satisfies Record<Encoding, string>

/** `google.rpc.Status`, with a `google.rpc.BadRequest` where a part of the request is at fault. */
export interface Status {
  /** Code of gRPC. */
  readonly code: number
  readonly message: string
  /** Part of the request that is at fault, such as `body` or `Content-Encoding`. */
  readonly badField?: string
}

const badRequestType = 'type.googleapis.com/google.rpc.BadRequest'

/** Longest message that is sent, in UTF-16 units; clients print it, and limit what they read. */
const longestMessage = 1024

/** A status as the body of an answer. */
export function statusBody(status: Status, encoding: Encoding): Buffer {
  const short = { ...status, message: shortened(status.message) }
  return encoding === 'json' ? Buffer.from(JSON.stringify(asJson(short))) : asProtobuf(short)
}

function shortened(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`
}

function asJson({ code, message, badField }: Status): object {
  if (badField === undefined) return { code, message }
  const fieldViolations = [{ field: badField, description: message }]
  return { code, message, details: [{ '@type': badRequestType, fieldViolations }] }
}

/** Status: code=1, message=2, details=3; Any: type_url=1, value=2; BadRequest: violations=1. */
function asProtobuf({ code, message, badField }: Status): Buffer {
  const head = [Buffer.of(0x08, code), text(2, message)]
  if (badField === undefined) return Buffer.concat(head)
  const violation = Buffer.concat([text(1, badField), text(2, message)])
  const any = Buffer.concat([text(1, badRequestType), bytes(2, bytes(1, violation))])
  return Buffer.concat([...head, bytes(3, any)])
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
