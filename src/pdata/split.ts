import { type Chunk, type Payload, payloadOf } from './chunk.ts'
import { Cutter, envelopeSize } from './cutter.ts'
import { countItems, type Level } from './levels.ts'
import type { Signal } from './signal.ts'
import { flatten } from './splice.ts'
import { FieldReader } from './wire.ts'

/**
 * Parts of at most `maxItems` items, all but the last full. What lies above the items (resource,
 * scope, schema URL, unknown fields; for metrics name, unit and temporality) is repeated where a
 * part begins within it.
 */
export function splitByItems(payload: Payload, maxItems: number): Payload[] {
  return new Splitter(payload.signal, maxItems, 'items').split(payload)
}

/** Parts of at most `maxBytes`, best effort: an item that is bigger stands alone. */
export function splitByBytes(payload: Payload, maxBytes: number): Payload[] {
  return new Splitter(payload.signal, maxBytes, 'bytes').split(payload)
}

/** A tag and a length for each level that has to be opened: never more than this. */
const headerSize = 6

/**
 * Envelopes may be repeated until they have cost so many times the payload (and a little more,
 * for small ones); the rest is then one part. Real ones cost a few percent; but a sender could
 * put megabytes into a resource, and a million empty spans behind it.
 */
const maxRepeated = { times: 4, bytes: 2 ** 20 }

class Splitter {
  readonly #signal: Signal
  readonly #max: number
  readonly #unit: 'items' | 'bytes'
  readonly #parts: Payload[] = []
  /** The chunks of the part that is being filled, and how much more it can take. */
  #chunks: Chunk[] = []
  #room: number
  #repeatable = 0

  constructor(signal: Signal, max: number, unit: 'items' | 'bytes') {
    if (!(max >= 1)) throw new RangeError(`a part of at most ${max} ${unit}`)
    this.#signal = signal
    this.#max = max
    this.#unit = unit
    this.#room = max
  }

  split(payload: Payload): Payload[] {
    if (this.#sizeOf(payload.itemCount, payload.sizeBytes) <= this.#max) return [payload]
    this.#repeatable = maxRepeated.times * payload.sizeBytes + maxRepeated.bytes
    for (const chunk of flatten(payload).chunks) {
      const size = this.#sizeOf(chunk.itemCount, chunk.bytes.length)
      if (size <= this.#room) {
        this.#chunks.push(chunk)
        this.#room -= size
      } else this.#cut(chunk)
    }
    this.#endPart()
    return this.#parts
  }

  #sizeOf(items: number, bytes: number): number {
    return this.#unit === 'items' ? items : bytes
  }

  #cut(chunk: Chunk): void {
    const cutter = new Cutter(this.#signal, chunk.bytes)
    const header = envelopeSize(cutter.request)
    this.#room -= this.#sizeOf(0, header)
    this.#children(cutter, cutter.root, 0, chunk.bytes.length, header)
    if (!cutter.isEmpty) this.#chunks.push(cutter.finish())
  }

  /** @param overhead the bytes that a part begun within this level holds before its first child */
  #children(cutter: Cutter, level: Level, from: number, to: number, overhead: number): void {
    const reader = new FieldReader().reset(cutter.bytes, from, to)
    while (reader.next()) {
      const child = level.children.get(reader.tag)
      if (child === undefined) continue
      const items = countItems(child, cutter.bytes, reader.from, reader.to)
      const size = this.#sizeOf(items, reader.to - reader.start)
      if (size > this.#room && (child.isItem || items === 0)) this.#next(cutter, overhead)
      if (size <= this.#room || child.isItem || items === 0) {
        cutter.take(reader, child, items)
        this.#room -= size
        continue
      }
      const frame = cutter.open(child, reader)
      const header = envelopeSize(frame) + headerSize
      this.#room -= this.#sizeOf(0, header)
      this.#children(cutter, child, reader.from, reader.to, overhead + header)
      cutter.close()
    }
  }

  /** Ends the part, unless it is empty, and begins another within the same open messages. */
  #next(cutter: Cutter, overhead: number): void {
    if (!cutter.isEmpty) this.#chunks.push(cutter.finish())
    this.#endPart()
    this.#repeatable -= overhead
    this.#room = this.#repeatable < 0 ? Number.POSITIVE_INFINITY : this.#max
    this.#room -= this.#sizeOf(0, overhead)
  }

  #endPart(): void {
    if (this.#chunks.length > 0) this.#parts.push(payloadOf(this.#signal, this.#chunks))
    this.#chunks = []
    this.#room = this.#max
  }
}
