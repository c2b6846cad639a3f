import { BinaryWriter } from './binary-writer.ts'
import { beginImage, endImage, openImage, wholly } from './checked-image.ts'
import { Generations } from './generations.ts'

const hashBytes = 16
const image = { what: 'the image of the request window', magic: 'ASrw', format: 1 }

export interface RequestWindowOptions {
  /** For how long a repeated request is recognised at least; 0: never. */
  readonly windowMs: number
  readonly maxEntries: number
}

/**
 * Requests that were folded lately, by 128 bits of a hash, so that one that its client sends again
 * is recognised. When it is full the older half is given up early and counted.
 */
export class RequestWindow {
  readonly #isOff: boolean
  readonly #generations: Generations
  readonly #key = new Uint32Array(hashBytes / 4)
  readonly #offset = new Float64Array(1)
  /** The offset as the two words that a generation keeps. */
  readonly #words = new Uint32Array(this.#offset.buffer)

  constructor({ windowMs, maxEntries }: RequestWindowOptions) {
    this.#isOff = !(windowMs > 0)
    this.#generations = new Generations({
      windowMs: this.#isOff ? 1 : windowMs,
      maxEntries: Math.max(2, maxEntries),
      layout: { keyWords: hashBytes / 4, valueWords: 2 },
    })
  }

  /**
   * Offset of the record that holds this request, or `undefined`.
   *
   * @param hash 16 bytes, spread evenly
   * @param atMs record time
   */
  find(hash: Uint8Array, atMs: number): number | undefined {
    if (this.#isOff) return undefined
    const isKnown = this.#generations.find(this.#keyOf(hash), atMs, this.#words)
    return isKnown ? this.#offset[0] : undefined
  }

  /**
   * What {@link find} would say at that time; changes nothing, so it may ask by any clock.
   *
   * @param hash 16 bytes, spread evenly
   */
  peek(hash: Uint8Array, atMs: number): number | undefined {
    if (this.#isOff) return undefined
    const isKnown = this.#generations.peek(this.#keyOf(hash), atMs, this.#words)
    return isKnown ? this.#offset[0] : undefined
  }

  /** Adds a request that is not known. */
  add(hash: Uint8Array, offset: number, atMs: number): void {
    if (this.#isOff) return
    this.#offset[0] = offset
    this.#generations.put(this.#keyOf(hash), this.#words, atMs)
  }

  /** Requests given up before their time. */
  get evicted(): number {
    return this.#generations.evicted
  }

  get size(): number {
    return this.#generations.size
  }

  encode(): Uint8Array {
    const out = new BinaryWriter()
    beginImage(out, image.magic, image.format)
    wholly(this.#generations.encode(out))
    return wholly(endImage(out))
  }

  /**
   * Takes the place of what was known.
   *
   * @throws NewerFormatError, DamagedStateError; nothing is known then
   */
  restore(bytes: Uint8Array): void {
    this.#generations.clear()
    try {
      const { from } = openImage(bytes, image)
      this.#generations.decode(from)
      from.end()
    } catch (cause) {
      this.#generations.clear()
      throw cause
    }
  }

  #keyOf(hash: Uint8Array): Uint32Array {
    if (hash.length !== hashBytes) throw new RangeError(`a hash has 16 bytes, not ${hash.length}`)
    const view = new DataView(hash.buffer, hash.byteOffset, hashBytes)
    for (let at = 0; at < this.#key.length; at++) this.#key[at] = view.getUint32(at * 4, true)
    if (this.#key.every((word) => word === 0)) this.#key[0] = 1
    return this.#key
  }
}
