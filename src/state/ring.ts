import { toUnits, unitsPerOne } from '../stats/exact-sum.ts'
import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import {
  finestFor,
  isInReach,
  maxSkewMs,
  type Resolution,
  resolutions,
  slotIndex,
  windowSlots,
} from './ring-layout.ts'
import { SeriesRings } from './series-rings.ts'
import type { Summary } from './summary.ts'

export interface RingOptions {
  /** Series; the events of further ones share `overflowKey`, good and bad kept apart. */
  readonly cap?: number
  /** Keeps days too, for windows of more than 31 days up to 90. */
  readonly hasDays?: boolean
}

/** Events of one window, weighted; without weights these are integers. */
export interface Tally {
  readonly good: number
  readonly bad: number
  readonly total: number
  /** How many events there really were. */
  readonly events: number
}

/**
 * Where an event went: into every ring; `late`, only into the coarser ones that reach back to it;
 * `skewed`, into the slots of its record, because it said to be in the future; `too_late` and, for a
 * weight that is no number, `refused`: nowhere.
 */
export type Placement = 'counted' | 'late' | 'skewed' | 'too_late' | 'refused'

type Late = Record<Resolution['name'], number>

const defaultCap = 1_000
const seriesPerSlice = 10
const sweepMs = 900_000

/**
 * Good and bad events by series in time buckets: 15 s for 2 hours, 5 min for 26 hours, 1 h for 31
 * days. An event goes into all rings by its own time, held against the time of its record. A series
 * takes up to 51 KB; the rings that time has left behind are given back.
 */
export class Ring implements Summary {
  readonly kind = 'ring'
  readonly format = 1
  readonly #resolutions: readonly Resolution[]
  readonly #series: CappedMap<SeriesRings>
  readonly #late: Late = { seconds: 0, minutes: 0, hours: 0, days: 0 }
  #tooLate = 0
  #skewed = 0
  /** Latest record time. */
  #newestMs = Number.NEGATIVE_INFINITY

  constructor({ cap = defaultCap, hasDays = false }: RingOptions = {}) {
    this.#resolutions = hasDays ? resolutions : resolutions.slice(0, 3)
    this.#series = new CappedMap<SeriesRings>(
      cap,
      () => new SeriesRings(this.#resolutions),
      (into, added) => into.merge(added),
    )
  }

  /**
   * @param eventMs when it ended
   * @param atMs record time
   * @param weight what it counts for, as 20 for one of twenty that was sampled; a negative one
   *   takes back what was counted, with the same `eventMs`
   */
  add(
    series: string,
    eventMs: number,
    outcome: 'good' | 'bad',
    atMs: number,
    weight = 1,
  ): Placement {
    this.#advance(atMs)
    if (!Number.isFinite(weight)) {
      this.#series.refuse()
      return 'refused'
    }
    const isSkewed = !(eventMs <= atMs + maxSkewMs)
    if (isSkewed) this.#skewed++
    const placedMs = isSkewed ? atMs : eventMs
    const reached = this.#resolutions.filter((it) => isInReach(it, slotIndex(it, placedMs), atMs))
    if (reached.length === 0) {
      this.#tooLate++
      return 'too_late'
    }
    const units = toUnits(weight)
    const events = Math.sign(weight)
    const [goodUnits, badUnits] = outcome === 'good' ? [units, 0] : [0, units]
    const rings = this.#series.of(series)
    for (const [at, resolution] of this.#resolutions.entries()) {
      const index = slotIndex(resolution, placedMs)
      if (reached.includes(resolution)) rings.add(at, { index, goodUnits, badUnits, events })
      else this.#late[resolution.name]++
    }
    if (isSkewed) return 'skewed'
    return reached.length < this.#resolutions.length ? 'late' : 'counted'
  }

  /** Events of a window that ends now, from the finest ring that holds it. */
  tally(series: string, windowMs: number, atMs: number): Tally {
    const [at, resolution] = finestFor(this.#resolutions, windowMs)
    const { first, last } = windowSlots(resolution, windowMs, atMs)
    const sums = this.#series.get(series)?.sum(at, first, last)
    if (sums === undefined) return { good: 0, bad: 0, total: 0, events: 0 }
    const { goodUnits, badUnits, events } = sums
    return {
      good: goodUnits / unitsPerOne,
      bad: badUnits / unitsPerOne,
      total: (goodUnits + badUnits) / unitsPerOne,
      events,
    }
  }

  /** Series in order. */
  get series(): string[] {
    return Array.from(this.#series.entries(), ([name]) => name).sort()
  }

  /** Events that a ring does not hold because they came late, while a coarser one does. */
  get late(): Readonly<Late> {
    return this.#late
  }

  /** Events that no ring reaches back to. */
  get tooLate(): number {
    return this.#tooLate
  }

  /** Events that said to be more than five minutes in the future. */
  get skewed(): number {
    return this.#skewed
  }

  /** Events whose weight was no number. */
  get refused(): number {
    return this.#series.refused
  }

  /** Events that went to `overflowKey`. */
  get evicted(): number {
    return this.#series.evicted
  }

  /** Slots that are still in reach; series without any are not there. */
  snapshot(): unknown {
    const series = this.#series.snapshot((it) => it.entries(this.#newestMs))
    return {
      series: series.filter(([, rings]) => rings.some((it) => it.length > 0)),
      late: { ...this.#late },
      tooLate: this.#tooLate,
      skewed: this.#skewed,
    }
  }

  merge(other: Ring): void {
    this.#advance(other.#newestMs)
    this.#series.merge(other.#series)
    for (const { name } of resolutions) this.#late[name] += other.#late[name]
    this.#tooLate += other.#tooLate
    this.#skewed += other.#skewed
  }

  clear(): void {
    this.#series.clear()
    for (const { name } of resolutions) this.#late[name] = 0
    this.#tooLate = 0
    this.#skewed = 0
    this.#newestMs = Number.NEGATIVE_INFINITY
  }

  *encode(out: BinaryWriter): Generator<undefined, void> {
    out.double(this.#newestMs)
    out.count(this.#tooLate)
    out.count(this.#skewed)
    out.count(this.#resolutions.length)
    for (const { name } of this.#resolutions) out.count(this.#late[name])
    const write = (rings: SeriesRings) => rings.encode(out, this.#newestMs)
    yield* this.#series.encode(out, write, seriesPerSlice)
  }

  decode(from: BinaryReader): void {
    this.clear()
    this.#newestMs = from.number()
    this.#tooLate = from.count()
    this.#skewed = from.count()
    const written = resolutions.slice(0, from.count())
    for (const { name } of written) this.#late[name] = from.count()
    this.#series.decode(from, written.length, () => {
      const rings = new SeriesRings(this.#resolutions)
      rings.decode(from, written)
      return rings
    })
  }

  #advance(atMs: number): void {
    if (!(atMs > this.#newestMs)) return
    const isDue = Math.floor(atMs / sweepMs) > Math.floor(this.#newestMs / sweepMs)
    this.#newestMs = atMs
    if (isDue) this.#sweep()
  }

  #sweep(): void {
    for (const [name, rings] of this.#series.entries()) {
      if (!rings.sweep(this.#newestMs)) this.#series.delete(name)
    }
  }
}
