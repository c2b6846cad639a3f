/** How many identical lines are written. */
export interface SamplingConfig {
  readonly enabled: boolean
  /** Length of a round in milliseconds. */
  readonly tick: number
  /** Lines of a round that are written. */
  readonly initial: number
  /** Of the lines after those, each one of so many is written; 0 writes none. */
  readonly thereafter: number
}

/** otelcol's default: the first 10 of 10 s, then every 100th. */
export const defaultSampling: SamplingConfig = {
  enabled: true,
  tick: 10_000,
  initial: 10,
  thereafter: 100,
}

/** What a line is compared by: who says what, how loudly. */
export interface LineKey {
  readonly component: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
}

interface Round {
  readonly key: LineKey
  endsMs: number
  seen: number
  leftOut: number
}

/** Kinds of lines that are told apart at a time; the oldest is forgotten. */
const maxRounds = 1_000

/**
 * Leaves out identical lines, and says so: whatever was left out is reported when its round has
 * ended, or when it is forgotten.
 */
export class LogSampling {
  readonly #config: SamplingConfig
  readonly #now: () => number
  readonly #report: (key: LineKey, leftOut: number) => void
  readonly #rounds = new Map<string, Round>()
  #nextSweepMs = 0
  #leftOut = 0

  constructor(
    config: SamplingConfig,
    now: () => number,
    report: (key: LineKey, leftOut: number) => void,
  ) {
    this.#config = config
    this.#now = now
    this.#report = report
  }

  /** Lines left out since the start. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** Whether a line is to be written. */
  passes(key: LineKey): boolean {
    if (!this.#config.enabled) return true
    const nowMs = this.#now()
    this.#sweep(nowMs)
    const round = this.#round(key, nowMs)
    round.seen++
    const { initial, thereafter } = this.#config
    const beyond = round.seen - initial
    if (beyond <= 0 || (thereafter > 0 && beyond % thereafter === 0)) return true
    round.leftOut++
    this.#leftOut++
    return false
  }

  /** Reports all that has been left out and not been reported. */
  flush(): void {
    for (const id of [...this.#rounds.keys()]) this.#forget(id)
  }

  #round(key: LineKey, nowMs: number): Round {
    const id = `${key.component}\n${key.level}\n${key.message}`
    const known = this.#rounds.get(id)
    if (known !== undefined) return known
    const [oldest] = this.#rounds.keys()
    if (this.#rounds.size >= maxRounds && oldest !== undefined) this.#forget(oldest)
    const round = { key, endsMs: nowMs + this.#config.tick, seen: 0, leftOut: 0 }
    this.#rounds.set(id, round)
    return round
  }

  #sweep(nowMs: number): void {
    if (nowMs < this.#nextSweepMs) return
    this.#nextSweepMs = nowMs + this.#config.tick / 10
    for (const [id, { endsMs }] of this.#rounds) if (endsMs <= nowMs) this.#forget(id)
  }

  #forget(id: string): void {
    const round = this.#rounds.get(id)
    this.#rounds.delete(id)
    if (round !== undefined && round.leftOut > 0) this.#report(round.key, round.leftOut)
  }
}
