import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExponentialHistogram } from './exponential-histogram.ts'

const quantiles = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1]

/** Nearest rank. */
function exact(sorted: readonly number[], q: number): number {
  return sorted[Math.max(1, Math.ceil(q * sorted.length - 1e-9)) - 1] ?? Number.NaN
}

function histogramOf(values: readonly number[]): ExponentialHistogram {
  const histogram = new ExponentialHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

/** Log-normal values from two uniform ones (Box and Muller), of a fixed sequence. */
function logNormal(n: number): number[] {
  let seed = 1
  const uniform = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return (seed + 1) / (2 ** 32 + 1)
  }
  return Array.from({ length: n }, () =>
    Math.exp(5 + 1.5 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())),
  )
}

test('EX-SLI-03: the p95 of 1…20 s is 19 s, within 1.1 %', () => {
  const histogram = histogramOf(Array.from({ length: 20 }, (_, at) => at + 1))
  expect(Math.abs((histogram.quantile(0.95) ?? 0) / 19 - 1)).toBeLessThan(0.011)
})

test('EX-SLI-03: 5000 ms are in bin 393, told as 5032 ms; 30 000 ms in bin 475, told as 29 723', () => {
  const bin = (value: number) => {
    const other = histogramOf([value, 1, 2 ** 40]).bins
    return (
      other.offset + Array.from(other.counts).findIndex((n, at) => n > 0 && at + other.offset > 0)
    )
  }
  const told = (value: number) => Math.round(histogramOf([1, value, 2 ** 40]).quantile(0.5) ?? 0)

  expect([bin(5_000), told(5_000)]).toEqual([393, 5_032])
  expect([bin(30_000), told(30_000)]).toEqual([475, 29_723])
})

test('quantiles of 100 000 log-normal values are within 1.1 %', () => {
  const values = logNormal(100_000)
  const histogram = histogramOf(values)
  const sorted = values.toSorted((a, b) => a - b)
  for (const q of quantiles) {
    expect(Math.abs((histogram.quantile(q) ?? 0) / exact(sorted, q) - 1)).toBeLessThan(0.011)
  }
})

test('quantiles of any values are within 1.1 %', () => {
  const value = fc.double({ min: 2 ** -29, max: 2 ** 64, noNaN: true })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(...quantiles), (values, q) => {
      const truth = exact(
        values.toSorted((a, b) => a - b),
        q,
      )
      expect(Math.abs((histogramOf(values).quantile(q) ?? 0) / truth - 1)).toBeLessThan(0.011)
    }),
  )
})

test('counts stay at 2^53 - 1, added, merged, joined or summed', () => {
  const largest = Number.MAX_SAFE_INTEGER
  const histogram = new ExponentialHistogram()
  for (const value of [0, 1, 1.01, 4]) histogram.add(value, largest)
  for (const value of [0, 1]) histogram.add(value, 2)
  histogram.merge(histogramOf([0, 4]))
  expect(histogram.bins.zeroCount).toBe(largest)
  expect(Math.max(...Array.from(histogram.bins.counts))).toBe(largest)
  histogram.mergeBins({ scale: 0, zeroCount: 1, offset: 0, counts: [3] })
  expect(Array.from(histogram.bins.counts)).toEqual([largest, largest, largest])
  expect([histogram.count, histogram.quantile(0)]).toEqual([largest, 0])
})

test('powers of two end their bins', () => {
  for (const exponent of [-29, -1, 0, 1, 10, 64]) {
    expect(histogramOf([2 ** exponent]).bins.offset).toBe(exponent * 32 - 1)
  }
})

test('no values have no quantile, and zeros are zeros', () => {
  expect(new ExponentialHistogram().quantile(0.5)).toBeUndefined()
  const histogram = histogramOf([0, 0, 0, 8])
  expect([histogram.quantile(0.5), histogram.count, histogram.bins.zeroCount]).toEqual([0, 4, 3])
})

test('sum, smallest and largest are kept exactly', () => {
  const histogram = histogramOf([0.1, 0.2, 0.3, 2 ** 60])
  const { sumUnits, min, max } = histogram
  expect([sumUnits, min, max]).toEqual([2n ** 60n * 1_000_000n + 600_000n, 0.1, 2 ** 60])
})

test('bins of a finer and of a coarser scale are joined at the coarsest', () => {
  const value = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
  const at = (scale: number, values: readonly number[]) => {
    const coarse = new ExponentialHistogram()
    coarse.mergeBins({ scale, zeroCount: 0, offset: 0, counts: [] })
    for (const it of values) coarse.add(it)
    return coarse
  }
  fc.assert(
    fc.property(fc.array(value), fc.array(value), fc.integer({ min: 0, max: 5 }), (a, b, scale) => {
      const [one, other] = [at(5, a), at(5, a)]
      one.merge(at(scale, b))
      const back = at(scale, b)
      back.merge(other)
      expect(one.bins).toEqual(at(scale, [...a, ...b]).bins)
      expect(back.bins).toEqual(one.bins)
    }),
  )
})

test('bins of a coarser scale make ours so', () => {
  const histogram = histogramOf([1.01, 4])
  histogram.mergeBins({ scale: 0, zeroCount: 0, offset: 2, counts: [5] })

  expect(histogram.bins).toMatchObject({ scale: 0, offset: 0 })
  expect(Array.from(histogram.bins.counts)).toEqual([1, 1, 5])
})

test('bins of a finer scale are joined to ours', () => {
  const histogram = new ExponentialHistogram()
  histogram.mergeBins({ scale: 7, zeroCount: 2, offset: -1, counts: [1, 2, 3, 4, 5, 6] })

  expect(histogram.bins).toMatchObject({ scale: 5, zeroCount: 2, offset: -1 })
  expect(Array.from(histogram.bins.counts)).toEqual([1, 14, 6])
})
