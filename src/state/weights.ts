import { toUnits, unitsPerOne } from '../stats/exact-sum.ts'
import { Sums } from './sums.ts'

/** Weighted events by key in fixed point, one event = 1 000 000 units, so that order is no matter. */
export class Weights extends Sums<'weights'> {
  /** @param cap distinct keys; further ones are counted under `overflowKey` */
  constructor(cap: number) {
    super('weights', cap)
  }

  /**
   * Adds one event.
   *
   * @param weight what it counts for, as 20 for one of twenty that was sampled
   * @returns `false` for what is no finite number: it is refused and counted
   */
  addEvent(key: string, weight = 1): boolean {
    const units = toUnits(weight)
    if (!Number.isFinite(units)) return this.refuse()
    this.add(key, units)
    return true
  }

  /** Weighted number of events. */
  events(key: string): number {
    return Number(this.get(key)) / unitsPerOne
  }
}
