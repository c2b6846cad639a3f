import type { IdSet } from '../../src/state/id-set.ts'
import type { State } from '../../src/state/state.ts'

const mostWaiting = 10_000
const prefix = 'log/'

/**
 * Names under which calls are kept that the log reports without a trace: each as a trace of its own,
 * until a span reports the same call or it has waited long enough.
 */
export class WaitingCalls {
  readonly #responseIds: IdSet

  constructor(state: State) {
    this.#responseIds = state.ids('waiting calls', mostWaiting)
  }

  /** @returns the name of the trace that the call waits in */
  add(spanId: string, responseId: string | undefined): string {
    if (responseId !== undefined) this.#responseIds.add(responseId)
    return `${prefix}${spanId}`
  }

  /** The name of the trace in which the call with this answer waits. */
  take(responseId: string | undefined): string | undefined {
    if (responseId === undefined || !this.#responseIds.delete(responseId)) return undefined
    return `${prefix}log:${responseId}`
  }
}

/** Whether the name of a trace is that of a call without one. */
export function isWithoutTrace(traceId: string): boolean {
  return traceId.startsWith(prefix)
}
