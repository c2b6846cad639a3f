import { toUnits, unitsPerOne } from '../stats/exact-sum.ts'
import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import { DamagedStateError } from './format-errors.ts'
import {
  finestFor,
  isInReach,
  maxSkewMs,
  type Resolution,
  resolutions,
  slotIndex,
  windowSlots,
} from './ring-layout.ts'
import { RingSlots } from './ring-slots.ts'
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
 * `skewed`, into the slots of its record, because it said to be in the future; `too_late`, nowhere.
 */
export type Placement = 'counted' | 'late' | 'skewed' | 'too_late'

/** Rings of one series, fine to coarse; one that is idle is not there. */
interface Series {
  readonly rings: (RingSlots | undefined)[]
}

type Late = Record<Resolution['name'], number>

const defaultCap = 1_000
const seriesPerSlice = 10
const sweepMs = 900_000

/**
 * Good and bad events by series in time buckets: 15 s for 2 hours, 5 min for 26 hours, 1 h for 31
 * days. An event goes into all rings by its own time, held against the time of its record. A series
 * takes up to 38 KB; the rings that time has left behind are given back.
 */
export class Ring implements Summary {
  readonly kind = 'ring'
  readonly format = 1
  readonly #resolutions: readonly Resolution[]
  readonly #series: CappedMap<Series>
  readonly #late: Late = { seconds: 0, minutes: 0, hours: 0, days: 0 }
  #tooLate = 0
  #skewed = 0
  /** Latest record time. */
  #newestMs = Number.NEGATIVE_INFINITY

  constructor({ cap = defaultCap, hasDays = false }: RingOptions = {}) {
    this.#resolutions = hasDays ? resolutions : resolutions.slice(0, 3)
    this.#series = new CappedMap<Series>(
      cap,
      () => ({ rings: [] }),
      (into, added) => this.#join(into, added),
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
    const { rings } = this.#series.of(series)
    for (const [at, resolution] of this.#resolutions.entries()) {
      if (!reached.includes(resolution)) {
        this.#late[resolution.name]++
        continue
      }
      const index = slotIndex(resolution, placedMs)
      this.#ring(rings, at).add({ index, goodUnits, badUnits, events })
    }
    if (isSkewed) return 'skewed'
    return reached.length < this.#resolutions.length ? 'late' : 'counted'
  }

  /** Events of a window that ends now, from the finest ring that holds it. */
  tally(series: string, windowMs: number, atMs: number): Tally {
    const at = finestFor(this.#resolutions, windowMs)
    const { first, last } = windowSlots(this.#resolution(at), windowMs, atMs)
    const sums = this.#series.get(series)?.rings[at]?.sum(first, last)
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

  /** Events that went to `overflowKey`. */
  get evicted(): number {
    return this.#series.evicted
  }

  /** Slots that are still in reach; series without any are not there. */
  snapshot(): unknown {
    const series = this.#series.snapshot((it) =>
      this.#resolutions.map((resolution, at) => this.#entries(it, resolution, at)),
    )
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
    const write = (series: Series) => this.#write(out, series)
    yield* this.#series.encode(out, write, seriesPerSlice)
  }

  decode(from: BinaryReader): void {
    this.clear()
    this.#newestMs = from.number()
    this.#tooLate = from.count()
    this.#skewed = from.count()
    const written = resolutions.slice(0, from.count())
    for (const { name } of written) this.#late[name] = from.count()
    this.#series.decode(from, written.length, () => this.#read(from, written))
  }

  #write(out: BinaryWriter, { rings }: Series): void {
    for (const [at, resolution] of this.#resolutions.entries()) {
      const ring = rings[at] ?? new RingSlots(0)
      ring.encode(out, this.#firstInReach(resolution))
    }
  }

  /** Rings that are not kept any more are read over. */
  #read(from: BinaryReader, written: readonly Resolution[]): Series {
    const rings: (RingSlots | undefined)[] = []
    for (const resolution of written) {
      const ring = new RingSlots(resolution.slots)
      ring.decode(from)
      const isKept = this.#resolutions.includes(resolution) && ring.newest > -Infinity
      rings.push(isKept ? ring : undefined)
    }
    return { rings }
  }

  #join(into: Series, added: Series): void {
    for (const [at, ring] of added.rings.entries()) {
      const entries = ring?.entries(Number.NEGATIVE_INFINITY) ?? []
      if (entries.length === 0 || this.#resolutions[at] === undefined) continue
      const joined = this.#ring(into.rings, at)
      for (const entry of entries) joined.add(entry)
    }
  }

  #entries({ rings }: Series, resolution: Resolution, at: number) {
    return rings[at]?.entries(this.#firstInReach(resolution)) ?? []
  }

  #firstInReach(resolution: Resolution): number {
    return slotIndex(resolution, this.#newestMs) - resolution.slots + 1
  }

  #ring(rings: (RingSlots | undefined)[], at: number): RingSlots {
    const ring = rings[at] ?? new RingSlots(this.#resolution(at).slots)
    rings[at] = ring
    return ring
  }

  #resolution(at: number): Resolution {
    const resolution = this.#resolutions[at]
    if (resolution === undefined) throw new DamagedStateError('no such ring')
    return resolution
  }

  #advance(atMs: number): void {
    if (!(atMs > this.#newestMs)) return
    const isDue = Math.floor(atMs / sweepMs) > Math.floor(this.#newestMs / sweepMs)
    this.#newestMs = atMs
    if (isDue) this.#sweep()
  }

  /** Gives back the rings that time has left behind, and series that have none. */
  #sweep(): void {
    for (const [name, { rings }] of this.#series.entries()) {
      for (const [at, resolution] of this.#resolutions.entries()) {
        if ((rings[at]?.newest ?? 0) < this.#firstInReach(resolution)) rings[at] = undefined
      }
      if (rings.every((it) => it === undefined)) this.#series.delete(name)
    }
  }
}
