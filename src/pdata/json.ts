import { BackwardWriter } from './backward-writer.ts'
import { DecodeError } from './decode-error.ts'
import { writeMessage } from './json-fields.ts'
import { quoteLongIntegers } from './json-integers.ts'
import { messageToData } from './json-out.ts'
import { encode, type Payload } from './payload.ts'
import { requests } from './schema.ts'
import type { Signal } from './signal.ts'

/**
 * OTLP/JSON as protobuf bytes, for `decode`. Accepts what senders write: camelCase and snake_case
 * keys, enum names, 64-bit integers as strings or numbers, hex ids in any case; `null` is absent
 * and unknown keys are ignored.
 *
 * @throws DecodeError with the path of the value that is wrong; TooManyError for too many values
 */
export function fromJson(signal: Signal, body: Uint8Array | string): Uint8Array {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const data = parse(bytes)
  const writer = new BackwardWriter(bytes.length >> 1)
  writeMessage(requests[signal], data, writer, 0)
  return writer.finish()
}

/** OTLP/JSON of a payload: 64-bit integers as strings, ids in hex. Unknown fields cannot be shown. */
export function toJson(payload: Payload): string {
  const bytes = encode(payload)
  return JSON.stringify(messageToData(requests[payload.signal], bytes, 0, bytes.length))
}

/** Integers that a number might not hold come as marked strings: see `bareInteger`. */
function parse(bytes: Uint8Array): unknown {
  const quoted = quoteLongIntegers(bytes)
  try {
    return parseText(quoted)
  } catch (cause) {
    throw quoted === bytes ? notJson(cause) : reasonOf(bytes, cause)
  }
}

function parseText(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** Says what is wrong with the sender's own text, rather than with ours. */
function reasonOf(bytes: Uint8Array, ours: unknown): DecodeError {
  try {
    parseText(bytes)
  } catch (cause) {
    return notJson(cause)
  }
  return notJson(ours)
}

function notJson(cause: unknown): DecodeError {
  const reason = cause instanceof RangeError ? 'nested too deep' : `${cause}`
  return new DecodeError('', `no JSON: ${reason}`, { cause })
}
