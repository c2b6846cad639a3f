import type { PointReading } from '../../src/genai/read-metric.ts'
import type { Latest } from '../../src/state/latest.ts'
import type { SpanTable } from '../../src/state/span-table.ts'
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
  readonly #deltas: SpanTable

  constructor(state: State) {
    this.#last = state.latest<LastPoint>('usage sums', mostSeries)
    this.#deltas = state.spans('usage deltas', { maxEntries: 100_000 })
  }

  /**
   * `undefined` for a point that tells nothing new: it came before, it is older than what is known,
   * or the first of a long series.
   *
   * @param atMs record time
   */
  growth(reading: SumReading, atMs: number): number | undefined {
    const { series, temporality, value, startMs } = reading
    if (temporality === 'delta') {
      const point = `${startMs}/${reading.atMs}`
      return this.#deltas.seen(series, point, atMs) ? undefined : value
    }
    const last = this.#last.get(series)
    const lastMs = this.#last.order(series)?.[0] ?? Number.NEGATIVE_INFINITY
    // Two processes that cannot be told apart: the sum of the younger one is followed.
    if (reading.atMs <= lastMs || startMs < (last?.startMs ?? startMs)) return undefined
    this.#last.put(series, { value, startMs }, [reading.atMs, 0])
    if (last === undefined) return reading.atMs - startMs <= youngMs ? value : undefined
    const hasRestarted = startMs > last.startMs || value < last.value
    return hasRestarted ? value : value - last.value
  }
}
