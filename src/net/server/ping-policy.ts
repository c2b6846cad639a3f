import { constants, type Http2Session } from 'node:http2'
import type { Scheduler } from '../../component/scheduler.ts'

export interface PingLimits {
  /** Least time between two pings of a client. */
  readonly min_time: number
  /** Whether a client may ping while it has no call open. */
  readonly permit_without_stream: boolean
}

/** What gRPC allows clients that may not ping without a call, in milliseconds. */
const idleMinMs = 2 * 60 * 60 * 1000
/** Pings too early that are overlooked; the next one ends the connection. */
const overlooked = 2

/** Sends clients away that ping too often, as gRPC servers do; watches from a client's first call on. */
export class PingPolicy {
  readonly #limits: PingLimits
  readonly #scheduler: Scheduler
  readonly #streams = new WeakMap<Http2Session, { open: number }>()

  constructor(limits: PingLimits, scheduler: Scheduler) {
    this.#limits = limits
    this.#scheduler = scheduler
  }

  /** Hears of each new call; `closed` of its stream ends it. */
  opened(session: Http2Session, onClosed: (callback: () => void) => void): void {
    const streams = this.#streams.get(session) ?? this.#watch(session)
    streams.open++
    onClosed(() => streams.open--)
  }

  #watch(session: Http2Session): { open: number } {
    const streams = { open: 0 }
    this.#streams.set(session, streams)
    let lastMs = Number.NEGATIVE_INFINITY
    let strikes = 0
    session.on('ping', () => {
      const { min_time, permit_without_stream } = this.#limits
      const leastMs = streams.open === 0 && !permit_without_stream ? idleMinMs : min_time
      const nowMs = this.#scheduler.now()
      strikes = nowMs - lastMs < leastMs ? strikes + 1 : 0
      lastMs = nowMs
      if (strikes <= overlooked) return
      const code = constants.NGHTTP2_ENHANCE_YOUR_CALM
      session.goaway(code, undefined, Buffer.from('too_many_pings'))
      session.destroy(undefined, code)
    })
    return streams
  }
}
