import type { SpanRecord } from '../../src/genai/span-record.ts'
import type { State } from '../../src/state/state.ts'
import type { Union } from '../../src/state/union.ts'
import { isWithoutTrace } from './waiting-calls.ts'

/** A span that reports a call, as far as other reports of the same call have to know. */
export interface Answer {
  readonly traceId: string
  readonly spanId: string
  readonly startMs: number
  readonly endMs: number
  /**
   * How much it knows of the call, and a span before the log; of equals the one with the smaller ids
   * counts.
   */
  readonly rank: number
}

/** Reports of one call, plain JSON data. */
interface Reports {
  readonly all: readonly Answer[]
  /** The one that counts. */
  readonly winner: Answer
}

/** Which report now counts for a report of the same call in another trace; itself if none does. */
export interface Standing {
  readonly answer: Answer
  readonly lostTo: Answer | undefined
}

const mostAnswers = 50_000
/** Further reports of one call count for nothing, and are not told when the winner changes. */
const mostReports = 16
/** Clocks of two hosts may be so far apart. */
const clockSlackMs = 60_000
const none: readonly Standing[] = []

/**
 * Which call has which response id, across traces: a gateway and its client report one call, each
 * in a trace of its own. Small servers use few ids again and again, so the same call is one with
 * the same id, as many tokens out, at the same time; a replay from a gateway's cache may be later.
 */
export class Answers {
  readonly #reports: Union<Reports>

  constructor(state: State) {
    this.#reports = state.union<Reports>('answers', joined, mostAnswers)
  }

  /**
   * Takes a span's report of a call.
   *
   * @param isThere whether a trace is still kept, so that its part in the call can be taken back
   * @returns where the reports of that call stand now, if there are any in other traces
   */
  claim(
    traceId: string,
    record: SpanRecord,
    isThere: (traceId: string) => boolean,
  ): readonly Standing[] {
    const { call } = record
    if (call?.role !== 'inference' || call.responseId === undefined) return none
    const key = keyOf(call.responseId, call.usage?.outputTokens)
    const own = answerOf(traceId, record)
    const known = this.#reports.get(key)
    if (known === undefined) {
      this.#reports.put(key, { all: [own], winner: own })
      return none
    }
    if (!isSameCall(known.winner, own, call.isCachedReplay)) {
      this.#keep(key, { all: [own], winner: own })
      return none
    }
    if (call.isCachedReplay) return [standing(own, known.winner)]
    const all = known.all.length < mostReports ? [...known.all, own] : known.all
    const candidates = [...all.filter((it) => isThere(it.traceId)), own]
    const isSettled = !isThere(known.winner.traceId)
    const winner = isSettled ? known.winner : candidates.reduce(better)
    this.#keep(key, { all, winner })
    return candidates.map((it) => standing(it, winner))
  }

  /** A report goes over to another trace, which will speak for it. */
  withdraw(traceId: string, { call, spanId }: SpanRecord): void {
    if (call?.responseId === undefined) return
    const key = keyOf(call.responseId, call.usage?.outputTokens)
    const known = this.#reports.get(key)
    const all = known?.all.filter((it) => it.traceId !== traceId || it.spanId !== spanId) ?? []
    if (known === undefined || all.length === known.all.length) return
    if (all.length === 0) this.#reports.delete(key)
    else this.#keep(key, { all, winner: all.reduce(better) })
  }

  /** The trace in which a call was last reported whose answer has this id. */
  traceOf(responseId: string, outputTokens: number | undefined): string | undefined {
    return this.#reports.get(keyOf(responseId, outputTokens))?.winner.traceId
  }

  #keep(key: string, reports: Reports): void {
    this.#reports.delete(key)
    this.#reports.put(key, reports)
  }
}

function keyOf(responseId: string, outputTokens: number | undefined): string {
  return `${outputTokens ?? ''}/${responseId}`
}

function answerOf(traceId: string, { spanId, startMs, endMs, call }: SpanRecord): Answer {
  const hasSplit = call?.usage?.cacheReadTokens !== undefined
  const known = (hasSplit ? 2 : 0) + (call?.isGateway ? 1 : 0)
  const rank = isWithoutTrace(traceId) ? -1 : known
  return { traceId, spanId, startMs, endMs, rank }
}

function isSameCall(kept: Answer, own: Answer, isReplay: boolean): boolean {
  if (isReplay || kept.traceId === own.traceId) return true
  return own.startMs - clockSlackMs <= kept.endMs && kept.startMs - clockSlackMs <= own.endMs
}

/** Reports of one trace are held against each other when it settles. */
function standing(answer: Answer, winner: Answer): Standing {
  return { answer, lostTo: answer.traceId === winner.traceId ? undefined : winner }
}

function better(kept: Answer, added: Answer): Answer {
  if (kept.rank !== added.rank) return kept.rank > added.rank ? kept : added
  return idOf(added) < idOf(kept) ? added : kept
}

export function idOf({ traceId, spanId }: Pick<Answer, 'traceId' | 'spanId'>): string {
  return `${traceId}/${spanId}`
}

function joined(kept: Reports, added: Reports): Reports {
  const all = new Map([...kept.all, ...added.all].map((it) => [idOf(it), it]))
  const most = [...all.values()].sort((a, b) => (better(a, b) === a ? -1 : 1))
  return { all: most.slice(0, mostReports), winner: better(kept.winner, added.winner) }
}
