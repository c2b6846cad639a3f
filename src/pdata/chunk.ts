import type { Overlay } from './item-edits.ts'
import type { Signal } from './signal.ts'

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
