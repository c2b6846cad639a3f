import type { SpanRecord } from '../../src/genai/span-record.ts'
import type { State } from '../../src/state/state.ts'
import type { Union } from '../../src/state/union.ts'

/** A span that reports a call, as far as another report of the same call has to know. */
export interface Answer {
  readonly traceId: string
  readonly spanId: string
  readonly startMs: number
  readonly endMs: number
  /** How much it knows of the call; of equals the one with the smaller ids stays. */
  readonly rank: number
}

/** What became of a report of a call. */
export interface Claim {
  /** The span of another trace that counts, where there is one. */
  readonly lostTo: Answer | undefined
  /** The span of another trace that counted until now. */
  readonly beaten: Answer | undefined
}

const mostAnswers = 50_000
/** Clocks of two hosts may be so far apart. */
const clockSlackMs = 60_000
const nothing: Claim = { lostTo: undefined, beaten: undefined }

/**
 * Which call has which response id, across traces: a gateway and its client report one call, each
 * in a trace of its own. Small servers use few ids again and again, so the same call is one with
 * the same id, as many tokens out, at the same time; a replay from a gateway's cache may be later.
 */
export class Answers {
  readonly #answers: Union<Answer>

  constructor(state: State) {
    this.#answers = state.union<Answer>('answers', better, mostAnswers)
  }

  /** @param isThere whether a trace is still kept, so that its part in the call can be taken back */
  claim(traceId: string, record: SpanRecord, isThere: (traceId: string) => boolean): Claim {
    const { call } = record
    if (call === undefined || call.role !== 'inference' || call.responseId === undefined) {
      return nothing
    }
    const key = keyOf(call.responseId, call.usage?.outputTokens)
    const own = answerOf(traceId, record)
    const kept = this.#answers.get(key)
    if (kept === undefined || !isSameCall(kept, own, call.isCachedReplay)) {
      this.#answers.delete(key)
      this.#answers.put(key, own)
      return nothing
    }
    if (kept.traceId === traceId) {
      this.#answers.put(key, own)
      return nothing
    }
    if (call.isCachedReplay || !isThere(kept.traceId)) return { lostTo: kept, beaten: undefined }
    const winner = this.#answers.put(key, own)
    return winner === own
      ? { lostTo: undefined, beaten: kept }
      : { lostTo: kept, beaten: undefined }
  }

  /** The trace in which a call was last reported whose answer has this id. */
  traceOf(responseId: string, outputTokens: number | undefined): string | undefined {
    return this.#answers.get(keyOf(responseId, outputTokens))?.traceId
  }
}

function keyOf(responseId: string, outputTokens: number | undefined): string {
  return `${outputTokens ?? ''}/${responseId}`
}

function answerOf(traceId: string, { spanId, startMs, endMs, call }: SpanRecord): Answer {
  const hasSplit = call?.usage?.cacheReadTokens !== undefined
  const rank = (hasSplit ? 2 : 0) + (call?.isGateway ? 1 : 0)
  return { traceId, spanId, startMs, endMs, rank }
}

function isSameCall(kept: Answer, own: Answer, isReplay: boolean): boolean {
  if (isReplay || kept.traceId === own.traceId) return true
  return own.startMs - clockSlackMs <= kept.endMs && kept.startMs - clockSlackMs <= own.endMs
}

function better(kept: Answer, added: Answer): Answer {
  if (kept.rank !== added.rank) return kept.rank > added.rank ? kept : added
  return idOf(added) < idOf(kept) ? added : kept
}

function idOf({ traceId, spanId }: Answer): string {
  return `${traceId}/${spanId}`
}
