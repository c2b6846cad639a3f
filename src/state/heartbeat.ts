import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { DamagedStateError } from './format-errors.ts'
import { finestFor, resolutions, slotIndex, windowSlots } from './ring-layout.ts'
import type { Summary } from './summary.ts'

/**
 * When we were receiving at all, in the buckets of the rings: time without a beat is unobserved,
 * neither good nor bad. Idempotent: a beat that comes again changes nothing.
 */
export class Heartbeat implements Summary {
  readonly kind = 'heartbeat'
  readonly format = 1
  readonly evicted = 0
  readonly #rings = resolutions.map(({ slots }) => emptyRing(slots))

  /** @param atMs record time */
  beat(atMs: number): void {
    for (const [at, resolution] of resolutions.entries()) this.#put(at, slotIndex(resolution, atMs))
  }

  /** How much of a window that ends now was observed, in whole slots of the ring it is read from. */
  observedMs(windowMs: number, atMs: number): number {
    const [at, resolution] = finestFor(resolutions, windowMs)
    const { first, last } = windowSlots(resolution, windowMs, atMs)
    const ring = this.#rings[at] ?? emptyRing(0)
    let observed = 0
    for (let index = first; index <= last; index++) {
      if (ring[index % ring.length] === index) observed++
    }
    return observed * resolution.slotMs
  }

  /** Observed slots of each ring, in order; those that a newer one has replaced are gone. */
  snapshot(): number[][] {
    return this.#rings.map((ring) => Array.from(ring.filter(Number.isFinite)).sort((a, b) => a - b))
  }

  merge(other: Heartbeat): void {
    for (const [at, ring] of other.#rings.entries()) {
      for (const index of ring) if (Number.isFinite(index)) this.#put(at, index)
    }
  }

  clear(): void {
    for (const ring of this.#rings) ring.fill(Number.NEGATIVE_INFINITY)
  }

  *encode(out: BinaryWriter): Generator<undefined, void> {
    for (const indices of this.snapshot()) {
      let before = 0
      out.count(indices.length)
      for (const index of indices) {
        out.count(index - before)
        before = index
      }
      yield
    }
  }

  decode(from: BinaryReader): void {
    this.clear()
    for (const [at, ring] of this.#rings.entries()) {
      const length = from.listLength(1)
      if (length > ring.length) throw new DamagedStateError('too many slots of a heartbeat')
      let index = 0
      for (let slot = 0; slot < length; slot++) {
        index += from.count()
        this.#put(at, index)
      }
    }
  }

  #put(at: number, index: number): void {
    const ring = this.#rings[at] ?? emptyRing(0)
    const slot = index % ring.length
    ring[slot] = Math.max(ring[slot] ?? 0, index)
  }
}

function emptyRing(slots: number): Float64Array {
  return new Float64Array(slots).fill(Number.NEGATIVE_INFINITY)
}
