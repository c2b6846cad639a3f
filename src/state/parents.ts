import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { fingerprint, fingerprintWords, type Id } from './fingerprint.ts'
import { Generations, type GenerationsEntry } from './generations.ts'
import type { Summary } from './summary.ts'

export interface ParentsOptions {
  /** For how long a span is known after it came last, by record time; at most twice as long. */
  readonly windowMs?: number
  /** Spans known at a time; each takes about 33 bytes when the table is full. */
  readonly maxEntries?: number
}

/** What is known of the parent of a span. */
export type Parentage = 'root' | 'known' | 'unknown'

const defaultWindowMs = 900_000
const defaultMaxEntries = 500_000

/**
 * Which span is whose parent, of all spans that passed lately, so that one can walk from a span to
 * what it is part of. It keeps 64 bits of each span and of its parent: with half a million known, a
 * span is taken for another with a probability of 3 in 10^14. When it is full the older half goes
 * early, which is counted: the parents of those are unknown.
 *
 * ```ts
 * parents.fingerprintOf(traceId, spanId, span)
 * for (let steps = 0; steps < maxDepth && parents.parentOf(span, span) === 'known'; steps++) ask(span)
 * ```
 */
export class Parents implements Summary {
  readonly kind = 'parents'
  readonly format = 1
  readonly #spans: Generations
  readonly #span = new Uint32Array(2)
  readonly #parent = new Uint32Array(2)

  constructor({ windowMs, maxEntries }: ParentsOptions = {}) {
    this.#spans = new Generations({
      windowMs: windowMs ?? defaultWindowMs,
      maxEntries: maxEntries ?? defaultMaxEntries,
      layout: { keyWords: 2, valueWords: 2 },
    })
  }

  /**
   * Adds a span, or makes it the newer again. Where one span comes with several parents within a
   * window the one with the greatest fingerprint stays, and any of them before none, so that every
   * order gives the same.
   *
   * @param parentSpanId empty, or all zero, for the root of a trace
   * @param atMs record time
   */
  put(traceId: Uint8Array, spanId: Uint8Array, parentSpanId: Uint8Array, atMs: number): void {
    fingerprint(this.#span, traceId, spanId)
    if (isNone(parentSpanId)) this.#parent.fill(0)
    else fingerprint(this.#parent, traceId, parentSpanId)
    this.#spans.put(this.#span, this.#parent, atMs)
  }

  /**
   * The same of ids in words: four of the trace, two of the span, two of its parent.
   *
   * @param hasParent false for the root of a trace
   */
  putWords(words: Int32Array, hasParent: boolean, atMs: number): void {
    fingerprintWords(this.#span, words, 4)
    if (hasParent) fingerprintWords(this.#parent, words, 6)
    else this.#parent.fill(0)
    this.#spans.put(this.#span, this.#parent, atMs)
  }

  /**
   * Writes the fingerprint that stands for a span here.
   *
   * @param traceId bytes or lower-case hexadecimal
   * @param into two words
   */
  fingerprintOf(traceId: Id, spanId: Id, into: Uint32Array): void {
    fingerprint(into, traceId, spanId)
  }

  /**
   * Says what is known of the parent of a span and writes its fingerprint, zero where there is none
   * or none is known. Whoever walks bounds the steps: senders can make spans each other's parents.
   *
   * @param span its fingerprint
   * @param into two words, which may be those of `span`
   * @param atMs leaves out what is forgotten by then, and forgets nothing itself
   */
  parentOf(span: Uint32Array, into: Uint32Array, atMs = Number.NEGATIVE_INFINITY): Parentage {
    if (!this.#spans.peek(span, atMs, into)) {
      into.fill(0)
      return 'unknown'
    }
    return into[0] === 0 && into[1] === 0 ? 'root' : 'known'
  }

  get size(): number {
    return this.#spans.size
  }

  /** Spans forgotten before their time. */
  get evicted(): number {
    return this.#spans.evicted
  }

  /** Fingerprints of spans and of their parents, in order, of both generations; large. */
  snapshot(): {
    readonly index: number
    readonly newer: readonly GenerationsEntry[]
    readonly older: readonly GenerationsEntry[]
  } {
    return this.#spans.entries()
  }

  merge(other: Parents): void {
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

/** The conventions make an id of zeros invalid, and some clients write it for none. */
function isNone(id: Uint8Array): boolean {
  for (let at = 0; at < id.length; at++) if (id[at] !== 0) return false
  return true
}
