import { DecodeError } from './decode-error.ts'
import { merged } from './merge.ts'
import type { Overlay } from './overlay.ts'
import type { Signal } from './signal.ts'
import { splice } from './splice.ts'
import { OffsetError, pathAt, validate } from './validate.ts'
import { empty } from './wire.ts'

export { DecodeError } from './decode-error.ts'
export { splitByBytes, splitByItems } from './split.ts'

/**
 * One or more OTLP export requests of one signal, as the bytes they came in, plus what we changed.
 * Immutable.
 */
export interface Payload {
  readonly signal: Signal
  readonly chunks: readonly Chunk[]
  /** Spans, log records or data points. */
  readonly itemCount: number
  /** What it holds in memory and, within a few bytes per change, what it encodes to. */
  readonly sizeBytes: number
}

export interface Chunk {
  /** Always a valid export request, in which no embedded message is given twice. */
  readonly bytes: Uint8Array
  readonly itemCount: number
  readonly resourceCount: number
  readonly overlay?: Overlay
}

export const emptyPayload = (signal: Signal): Payload => payloadOf(signal, [])

export function payloadOf(signal: Signal, chunks: readonly Chunk[]): Payload {
  let itemCount = 0
  let sizeBytes = 0
  for (const chunk of chunks) {
    itemCount += chunk.itemCount
    sizeBytes += chunk.bytes.length + (chunk.overlay?.sizeBytes ?? 0)
  }
  return { signal, chunks, itemCount, sizeBytes }
}

/**
 * Takes the bytes of an export request, which it keeps and does not copy: do not change them.
 * (The one exception: a request that gives an embedded message twice is rewritten with it merged.)
 * Linear in the size of the bytes.
 *
 * @throws DecodeError when they are no valid request of this signal
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

function encodeChunk(signal: Signal, chunk: Chunk): Uint8Array {
  return chunk.overlay === undefined ? chunk.bytes : splice(signal, chunk.bytes, chunk.overlay)
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

/** The same payload with every overlay applied, so that its bytes can be cut. */
export function flatten({ signal, chunks }: Payload): Payload {
  return payloadOf(
    signal,
    chunks.map(({ itemCount, resourceCount, ...chunk }) => ({
      bytes: encodeChunk(signal, { itemCount, resourceCount, ...chunk }),
      itemCount,
      resourceCount,
    })),
  )
}
