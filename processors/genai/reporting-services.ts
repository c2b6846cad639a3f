import type { Extremes } from '../../src/state/extremes.ts'
import type { State } from '../../src/state/state.ts'

/** Times are kept by the minute, so that not every span has to be written down. */
const stepMs = 60_000

/** Which services report their calls by spans, in which dialects, and when they last did. */
export class ReportingServices {
  readonly #lastMs: Extremes<'maxima'>
  #service: string | undefined
  #dialect = ''
  #minuteMs = Number.NEGATIVE_INFINITY

  constructor(state: State) {
    this.#lastMs = state.maxima('reporting services')
  }

  /** @param atMs record time */
  saw(service: string | undefined, dialect: string, atMs: number): void {
    const isKnown = service === this.#service && dialect === this.#dialect
    if (isKnown && atMs < this.#minuteMs + stepMs) return
    this.#service = service
    this.#dialect = dialect
    this.#minuteMs = Math.floor(atMs / stepMs) * stepMs
    this.#lastMs.put(keyOf(service, dialect), this.#minuteMs)
  }

  /** Whether there were such spans since a time, give or take a minute. */
  since(service: string | undefined, dialect: string, sinceMs: number): boolean {
    return (this.#lastMs.get(keyOf(service, dialect)) ?? Number.NEGATIVE_INFINITY) >= sinceMs
  }
}

function keyOf(service: string | undefined, dialect: string): string {
  return `${dialect} ${service ?? ''}`
}
