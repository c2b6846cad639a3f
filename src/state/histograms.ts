import {
  coarsestScale,
  type ExponentialBins,
  ExponentialHistogram,
  fixedScale,
  largestValue,
} from '../stats/exponential-histogram.ts'
import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { CappedMap } from './capped-map.ts'
import { DamagedStateError } from './format-errors.ts'
import type { Summary } from './summary.ts'

const keysPerSlice = 100

/** What can be read of a histogram. */
export type Distribution = Pick<
  ExponentialHistogram,
  'count' | 'sumUnits' | 'min' | 'max' | 'bins' | 'quantile'
>

/**
 * Distributions by key: OTLP's exponential histogram of scale 5, quantiles within 1.1 %, merged by
 * addition of integers. A key takes 8 bytes for each bin between its smallest and largest value.
 */
export class Histograms implements Summary {
  readonly kind = 'histograms'
  readonly format = 1
  readonly #histograms: CappedMap<ExponentialHistogram>

  /** @param cap distinct keys; further ones share `overflowKey` */
  constructor(cap: number) {
    this.#histograms = new CappedMap(
      cap,
      () => new ExponentialHistogram(),
      (into, added) => into.merge(added),
    )
  }

  /**
   * @param n how often it was seen
   * @returns `false` for what is not from 0 to 2^64, or no count: it is refused and counted
   */
  add(key: string, value: number, n = 1): boolean {
    const isCount = Number.isInteger(n) && n >= 0
    if (!(value >= 0 && value <= largestValue && isCount)) return this.#histograms.refuse()
    this.#histograms.of(key).add(value, n)
    return true
  }

  /** The histogram of a key; only {@link add} changes it. */
  get(key: string): Distribution | undefined {
    return this.#histograms.get(key)
  }

  quantile(key: string, q: number): number | undefined {
    return this.#histograms.get(key)?.quantile(q)
  }

  get size(): number {
    return this.#histograms.size
  }

  get evicted(): number {
    return this.#histograms.evicted
  }

  /** Values that were no numbers, or out of range. */
  get refused(): number {
    return this.#histograms.refused
  }

  snapshot(): (readonly [string, unknown])[] {
    return this.#histograms.snapshot((it) => {
      const { counts, ...bins } = it.bins
      return { ...bins, counts: Array.from(counts), sumUnits: it.sumUnits.toString(), ...ends(it) }
    })
  }

  merge(other: Histograms): void {
    this.#histograms.merge(other.#histograms)
  }

  clear(): void {
    this.#histograms.clear()
  }

  encode(out: BinaryWriter): Generator<undefined, void> {
    return this.#histograms.encode(out, (it) => write(out, it), keysPerSlice)
  }

  decode(from: BinaryReader): void {
    this.#histograms.decode(from, 21, () => read(from))
  }
}

/** Infinities are no JSON. */
function ends({ min, max }: ExponentialHistogram): { min: number | null; max: number | null } {
  return { min: Number.isFinite(min) ? min : null, max: Number.isFinite(max) ? max : null }
}

function write(out: BinaryWriter, histogram: ExponentialHistogram): void {
  const { scale, zeroCount, offset, counts } = histogram.bins
  out.integer(scale)
  out.bigInteger(histogram.sumUnits)
  out.double(histogram.min)
  out.double(histogram.max)
  out.count(zeroCount)
  out.integer(offset)
  out.count(counts.length)
  for (let at = 0; at < counts.length; at++) out.count(counts[at] ?? 0)
}

function read(from: BinaryReader): ExponentialHistogram {
  const scale = from.integer()
  if (scale > fixedScale || scale < coarsestScale) throw new DamagedStateError('no such scale')
  const histogram = new ExponentialHistogram()
  histogram.mergeExtremes(from.bigInteger(), from.number(), from.number())
  histogram.mergeBins(readBins(from, scale))
  return histogram
}

function readBins(from: BinaryReader, scale: number): ExponentialBins {
  const zeroCount = from.count()
  const offset = from.integer()
  const counts = Array.from({ length: from.listLength(1) }, () => from.count())
  return { scale, zeroCount, offset, counts }
}
