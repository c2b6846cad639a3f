import type { Settings } from '../../src/component/settings.ts'
import type { Rejection } from './telemetry.ts'

const quietMs = 10_000

interface Told {
  readonly atMs: number
  untold: number
}

/** Warnings about rejected requests: one per reason in ten seconds, with the number of the untold. */
export class Warnings {
  readonly #settings: Pick<Settings, 'log' | 'scheduler'>
  readonly #told = new Map<Rejection, Told>()

  constructor(settings: Pick<Settings, 'log' | 'scheduler'>) {
    this.#settings = settings
  }

  /** @param fields must hold nothing of a body */
  rejected(reason: Rejection, fields: object): void {
    const { log, scheduler } = this.#settings
    const last = this.#told.get(reason)
    const atMs = scheduler.now()
    if (last !== undefined && atMs - last.atMs < quietMs) {
      last.untold++
      return
    }
    this.#told.set(reason, { atMs, untold: 0 })
    log.warn({ reason, untold: last?.untold ?? 0, ...fields }, 'rejected a request')
  }
}
