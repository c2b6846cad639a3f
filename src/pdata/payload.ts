import { emptyPayload, type Payload, payloadOf } from './chunk.ts'
import { DecodeError } from './decode-error.ts'
import { pathAt } from './field-path.ts'
import { merged } from './merge.ts'
import type { Signal } from './signal.ts'
import { encodeChunk } from './splice.ts'
import { OffsetError, validate } from './validate.ts'
import { empty } from './wire.ts'

export { type Chunk, emptyPayload, type Payload } from './chunk.ts'
export { DecodeError, TooManyError } from './decode-error.ts'
export { splitByBytes, splitByItems } from './split.ts'

/**
 * Takes the bytes of an export request, which it keeps and does not copy: do not change them.
 * (The one exception: a request that gives an embedded message twice is rewritten with it merged.)
 * Linear in the size of the bytes.
 *
 * @throws DecodeError when they are no valid request of this signal; TooManyError above `maxItems`
 */
export function decode(signal: Signal, bytes: Uint8Array): Payload {
  if (bytes.length === 0) return emptyPayload(signal)
  const { needsMerge, ...counts } = findings(signal, bytes)
  if (!needsMerge) return payloadOf(signal, [{ bytes, ...counts }])
  const rewritten = merged(signal, bytes)
  const { itemCount, resourceCount } = findings(signal, rewritten)
  return payloadOf(signal, [{ bytes: rewritten, itemCount, resourceCount }])
}

function findings(signal: Signal, bytes: Uint8Array) {
  try {
    const { itemCount, resourceCount, needsMerge } = validate(signal, bytes)
    return { itemCount, resourceCount, needsMerge }
  } catch (cause) {
    if (!(cause instanceof OffsetError)) throw cause
    const path = pathAt(signal, bytes, cause.offset)
    throw new DecodeError(`byte ${cause.offset}, ${path || 'the request'}`, cause.found, { cause })
  }
}

/** The bytes of one request; with one chunk and no overlay the very same `Uint8Array`. */
export function encode(payload: Payload): Uint8Array {
  const pieces = encodePieces(payload)
  return pieces.length === 1 ? (pieces[0] ?? empty) : Buffer.concat(pieces)
}

/** Pieces whose concatenation is the request, for bodies that are streamed. */
export function encodePieces(payload: Payload): Uint8Array[] {
  return payload.chunks.map((chunk) => encodeChunk(payload.signal, chunk))
}

/** Merges payloads without copying: concatenated requests are one request. */
export function concat(signal: Signal, payloads: readonly Payload[]): Payload {
  for (const payload of payloads) {
    if (payload.signal !== signal)
      throw new TypeError(`cannot merge ${payload.signal} into ${signal}`)
  }
  return payloadOf(
    signal,
    payloads.flatMap((payload) => payload.chunks),
  )
}
