import { Sums } from './sums.ts'

const nanoUsdPerUsd = 1_000_000_000

/**
 * Integer nano-USD by key, exact at any size: one 64-bit float would end being exact at 2^53
 * nano-USD, which is 9.0 million USD. A correction is a negative amount.
 */
export class Money extends Sums<'money'> {
  /** @param cap distinct keys; further ones are booked under `overflowKey` */
  constructor(cap: number) {
    super('money', cap)
  }

  /** @param nanoUsd an integer; a float of US dollars must not come here */
  override add(key: string, nanoUsd: number | bigint): void {
    super.add(key, nanoUsd)
  }

  /** For people and ratios; decide with {@link get}, which is exact. */
  usd(key: string): number {
    return Number(this.get(key)) / nanoUsdPerUsd
  }
}
