/** Registers are 2^12; the relative standard error is 1.04 / √4096 = 1.6 %. */
const indexBits = 12
export const registerCount = 2 ** indexBits
const rankBits = 64 - indexBits

/**
 * Takes one hash into registers: the register that its first 12 bits name keeps the largest
 * position of the first 1 among the other 52.
 *
 * P. Flajolet et al., "HyperLogLog", 2007; hashes of 64 bits as in S. Heule et al., 2013.
 *
 * @param high the first 32 bits of a hash whose bits are spread evenly
 */
export function observe(registers: Uint8Array, high: number, low: number): void {
  const index = high >>> (32 - indexBits)
  const rest = (high << indexBits) >>> 0
  const leading = rest === 0 ? 32 - indexBits + Math.clz32(low) : Math.clz32(rest)
  const rank = Math.min(leading, rankBits) + 1
  if (rank > (registers[index] ?? 0)) registers[index] = rank
}

/** Register-wise maximum. */
export function join(into: Uint8Array, added: Uint8Array): void {
  for (let at = 0; at < registerCount; at++) {
    if ((added[at] ?? 0) > (into[at] ?? 0)) into[at] = added[at] ?? 0
  }
}

/**
 * Estimate of how many distinct hashes were taken in, right from none to 2^64 without tables.
 *
 * O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6.
 */
export function estimate(registers: Uint8Array): number {
  const histogram = new Float64Array(rankBits + 2)
  for (const rank of registers) histogram[rank] = (histogram[rank] ?? 0) + 1
  let z = registerCount * tau(1 - (histogram[rankBits + 1] ?? 0) / registerCount)
  for (let rank = rankBits; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] ?? 0))
  z += registerCount * sigma((histogram[0] ?? 0) / registerCount)
  return registerCount ** 2 / (2 * Math.LN2 * z)
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY
  let [x, y, z, before] = [share, 1, share, Number.NaN]
  while (z !== before) {
    before = z
    x *= x
    z += x * y
    y += y
  }
  return z
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z, before] = [share, 1, 1 - share, Number.NaN]
  while (z !== before) {
    before = z
    x = Math.sqrt(x)
    y *= 0.5
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}
