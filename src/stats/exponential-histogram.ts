import { ExactSum, toUnits } from './exact-sum.ts'

/** Bins of OTLP's exponential histograms: bin i holds values in (base^i, base^(i+1)]. */
export interface ExponentialBins {
  /** base = 2^(2^-scale) */
  readonly scale: number
  readonly zeroCount: number
  /** Index of the first bin. */
  readonly offset: number
  readonly counts: ArrayLike<number>
}

/** base = 2^(1/32); the middle of a bin is at most 1.083 % away from any value in it. */
export const fixedScale = 5
/** Values up to here count as zero, as what is below a nanosecond or a nano-dollar. */
export const zeroThreshold = 2 ** -30
/** Bins end here; what comes in bins beyond it is in the last one. */
export const largestValue = 2 ** 64
const lowestIndex = -30 * 2 ** fixedScale
const highestIndex = 64 * 2 ** fixedScale - 1
const binsPerStep = 32
export const coarsestScale = -10

/**
 * OTLP's exponential histogram at a fixed scale, so that merging is addition of integers in any
 * order; a count stays at 2^53 - 1 once it is there. At most 3 008 bins. Coarser bins that are merged in make it coarser for good.
 */
export class ExponentialHistogram {
  #scale = fixedScale
  #zeroCount = 0
  #offset = 0
  #counts = new Float64Array(0)
  #sum = new ExactSum()
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  /**
   * @param value from 0 to {@link largestValue}
   * @param n how often it was seen, an integer
   */
  add(value: number, n = 1): void {
    if (!(value >= 0 && value <= largestValue)) {
      throw new RangeError(`a histogram holds values from 0 to 2^64, not ${value}`)
    }
    if (value <= zeroThreshold) this.#zeroCount = countSum(this.#zeroCount, n)
    else this.#addAt(shifted(indexOf(value), fixedScale - this.#scale), n)
    if (n === 1) this.#sum.add(toUnits(value))
    else this.#sum.addLarge(BigInt(toUnits(value)) * BigInt(n))
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
  }

  merge(other: ExponentialHistogram): void {
    this.mergeBins(other.bins)
    this.#sum.addLarge(other.sumUnits)
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
  }

  /** Adds bins of any scale; those of a finer one are joined, those of a coarser one make it so. */
  mergeBins({ scale, zeroCount, offset, counts }: ExponentialBins): void {
    if (scale < this.#scale) this.#coarsen(Math.max(scale, coarsestScale))
    this.#zeroCount = countSum(this.#zeroCount, zeroCount)
    for (let at = 0; at < counts.length; at++) {
      const n = counts[at] ?? 0
      if (n > 0) this.#addAt(shifted(offset + at, scale - this.#scale), n)
    }
  }

  /** Says what the bins do not: for histograms that come as bins. */
  mergeExtremes(sumUnits: bigint, min: number, max: number): void {
    this.#sum.addLarge(sumUnits)
    this.#min = Math.min(this.#min, min)
    this.#max = Math.max(this.#max, max)
  }

  /** How many values there are. */
  get count(): number {
    return this.#counts.reduce(countSum, this.#zeroCount)
  }

  /** Sum of values in millionths, exact for the rounded values. */
  get sumUnits(): bigint {
    return this.#sum.total
  }

  /** Infinity when empty. */
  get min(): number {
    return this.#min
  }

  /** -Infinity when empty. */
  get max(): number {
    return this.#max
  }

  /** The bins from the first to the last that is not empty; a view. */
  get bins(): ExponentialBins {
    const counts = this.#counts
    let from = 0
    let upTo = counts.length
    while (from < upTo && counts[from] === 0) from++
    while (upTo > from && counts[upTo - 1] === 0) upTo--
    return {
      scale: this.#scale,
      zeroCount: this.#zeroCount,
      offset: upTo > from ? this.#offset + from : 0,
      counts: counts.subarray(from, upTo),
    }
  }

  /**
   * The value of nearest rank `⌈q · count⌉`, within 1.1 % of it between {@link zeroThreshold} and
   * {@link largestValue}; `undefined` when empty. Of 1…20 s, p95 is the 19th, 19 s.
   *
   * @param q in [0, 1]
   */
  quantile(q: number): number | undefined {
    const { count } = this
    if (count === 0) return undefined
    let left = Math.max(1, Math.ceil(q * count - 1e-9)) - this.#zeroCount
    if (left <= 0) return Math.max(0, this.#min === Number.POSITIVE_INFINITY ? 0 : this.#min)
    const { offset, counts } = this.bins
    let at = 0
    while (at < counts.length - 1 && left > (counts[at] ?? 0)) left -= counts[at++] ?? 0
    return this.#clamped(middleOf(offset + at, this.#scale))
  }

  #clamped(value: number): number {
    if (this.#max < this.#min) return value
    return Math.min(this.#max, Math.max(this.#min, value))
  }

  #addAt(index: number, n: number): void {
    const bits = fixedScale - this.#scale
    const kept = Math.min(shifted(highestIndex, bits), Math.max(shifted(lowestIndex, bits), index))
    this.#makeRoom(kept)
    const at = kept - this.#offset
    this.#counts[at] = countSum(this.#counts[at] ?? 0, n)
  }

  #makeRoom(index: number): void {
    const { length } = this.#counts
    const end = this.#offset + length
    if (length > 0 && index >= this.#offset && index < end) return
    const step = (it: number) => Math.floor(it / binsPerStep) * binsPerStep
    const from = step(length === 0 ? index : Math.min(index, this.#offset))
    const upTo = step(length === 0 ? index : Math.max(index, end - 1)) + binsPerStep
    const larger = new Float64Array(upTo - from)
    if (length > 0) larger.set(this.#counts, this.#offset - from)
    this.#counts = larger
    this.#offset = from
  }

  #coarsen(scale: number): void {
    const before = this.bins
    const counts = Float64Array.from(before.counts)
    const bits = this.#scale - scale
    this.#scale = scale
    this.#counts = new Float64Array(0)
    counts.forEach((n, at) => {
      if (n > 0) this.#addAt(shifted(before.offset + at, bits), n)
    })
  }
}

/** Sum of two counts, which stays at 2^53 - 1 once it is there. */
function countSum(a: number, b: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, a + b)
}

/** Index at the fixed scale. Source: OpenTelemetry data model, "Exponential scale". */
function indexOf(value: number): number {
  return Math.ceil(Math.log2(value) * 2 ** fixedScale) - 1
}

/** Floor of a division by a power of two; a negative one makes no finer bins. */
function shifted(index: number, bits: number): number {
  return bits > 0 ? Math.floor(index / 2 ** bits) : index
}

/** The value whose relative distance to both ends of the bin is the same. */
function middleOf(index: number, scale: number): number {
  const log2Base = 2 ** -scale
  return (2 * 2 ** ((index + 1) * log2Base)) / (1 + 2 ** log2Base)
}
