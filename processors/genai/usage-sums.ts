import type { PointReading } from '../../src/genai/read-metric.ts'
import type { Latest } from '../../src/state/latest.ts'
import type { State } from '../../src/state/state.ts'

type SumReading = Extract<PointReading, { kind: 'usage' }>

/** The last point of a series: its time is the order under which it is kept. */
interface LastPoint {
  readonly value: number
  readonly startMs: number
}

const mostSeries = 10_000
/** A series that began no longer ago is new, and its first point is all of it. */
const youngMs = 600_000

/** By how much the sums that senders keep have grown since their points before. */
export class UsageSums {
  readonly #last: Latest<LastPoint>

  constructor(state: State) {
    this.#last = state.latest<LastPoint>('usage sums', mostSeries)
  }

  /** `undefined` for a point that tells nothing new: it is older, or the first of a long series. */
  growth({ series, temporality, value, startMs, atMs }: SumReading): number | undefined {
    const last = this.#last.get(series)
    const lastMs = this.#last.order(series)?.[0] ?? Number.NEGATIVE_INFINITY
    if (atMs <= lastMs) return undefined
    this.#last.put(series, { value, startMs }, [atMs, 0])
    if (temporality === 'delta') return value
    if (last === undefined) return atMs - startMs <= youngMs ? value : undefined
    const hasRestarted = startMs !== last.startMs || value < last.value
    return hasRestarted ? value : value - last.value
  }
}
