import { BackwardWriter } from './backward-writer.ts'
import { DecodeError } from './decode-error.ts'
import { writeMessage } from './json-fields.ts'
import { messageToData } from './json-out.ts'
import { encode, type Payload } from './payload.ts'
import { requests } from './schema.ts'
import type { Signal } from './signal.ts'

/**
 * OTLP/JSON as protobuf bytes, for `decode`. Accepts what senders write: camelCase and snake_case
 * keys, enum names, 64-bit integers as strings or numbers, hex ids in any case; `null` is absent
 * and unknown keys are ignored.
 *
 * @throws DecodeError with the path of the value that is wrong
 */
export function fromJson(signal: Signal, body: Uint8Array | string): Uint8Array {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const writer = new BackwardWriter(text.length >> 1)
  writeMessage(requests[signal], parse(text), writer, 0)
  return writer.finish()
}

/** OTLP/JSON of a payload: 64-bit integers as strings, ids in hex. Unknown fields cannot be shown. */
export function toJson(payload: Payload): string {
  const bytes = encode(payload)
  return JSON.stringify(messageToData(requests[payload.signal], bytes, 0, bytes.length))
}

/**
 * Integers that a number might not hold become bigints. Only a body that has such digits outside
 * quotes pays for it; SDKs write strings.
 */
function parse(text: string): unknown {
  try {
    return longBareNumber.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof RangeError ? 'nested too deep' : `${cause}`
    throw new DecodeError('', `no JSON: ${reason}`, { cause })
  }
}

const longBareNumber = /[:,[\s]-?\d{16}/

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d{16,20}$/.test(source) ? BigInt(source) : value
}
