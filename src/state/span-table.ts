import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { fingerprint, fingerprintWords, type Id } from './fingerprint.ts'
import { Generations } from './generations.ts'
import type { Summary } from './summary.ts'

export interface SpanTableOptions {
  /** For how long a span is known after it came last, by record time; at most twice as long. */
  readonly windowMs?: number
  /** Spans known at a time; each takes about 17 bytes when the table is full. */
  readonly maxEntries?: number
}

const defaultWindowMs = 900_000
const defaultMaxEntries = 1_000_000

/**
 * Spans that were counted lately, so that a client's retry counts nothing. It keeps 64 bits of each
 * span: with a million known, a new span is taken for a repeat with a probability of 5 in 10^14.
 * When it is full the older half goes early, which is counted: a repeat of those counts again.
 */
export class SpanTable implements Summary {
  readonly kind = 'spans'
  readonly format = 1
  readonly #spans: Generations
  readonly #key = new Uint32Array(2)

  constructor({ windowMs, maxEntries }: SpanTableOptions = {}) {
    this.#spans = new Generations({
      windowMs: windowMs ?? defaultWindowMs,
      maxEntries: maxEntries ?? defaultMaxEntries,
      layout: { keyWords: 2, valueWords: 0 },
    })
  }

  /**
   * Adds a span and says whether it was there.
   *
   * @param traceId bytes or lower-case hexadecimal
   * @param atMs record time
   */
  seen(traceId: Id, spanId: Id, atMs: number): boolean {
    fingerprint(this.#key, traceId, spanId)
    return this.#spans.touch(this.#key, atMs)
  }

  /** The same of ids in words: four of the trace, two of the span. */
  seenWords(words: Int32Array, atMs: number): boolean {
    fingerprintWords(this.#key, words, 4)
    return this.#spans.touch(this.#key, atMs)
  }

  get size(): number {
    return this.#spans.size
  }

  /** Spans forgotten before their time. */
  get evicted(): number {
    return this.#spans.evicted
  }

  /** Fingerprints in order, of both generations; large. */
  snapshot(): { readonly index: number; readonly newer: string[]; readonly older: string[] } {
    const { index, newer, older } = this.#spans.entries()
    return { index, newer: newer.map(([key]) => key), older: older.map(([key]) => key) }
  }

  merge(other: SpanTable): void {
    this.#spans.merge(other.#spans)
  }

  clear(): void {
    this.#spans.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#spans.encode(out)
  }

  decode(from: BinaryReader): void {
    this.#spans.decode(from)
  }
}
