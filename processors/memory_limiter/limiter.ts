import type { Log } from '../../src/component/log.ts'
import type { MemoryLedger } from '../../src/component/memory.ts'
import type { Scheduler } from '../../src/component/scheduler.ts'
import type { Config } from './config.ts'
import { ForcedGc, type Level } from './forced-gc.ts'
import { type Limits, limitsOf } from './limits.ts'
import type { Machine } from './machine.ts'

/** What the limiter stands on. */
export interface Surroundings {
  readonly machine: Machine
  readonly memory: MemoryLedger
  readonly scheduler: Scheduler
  readonly log: Log
}

const mib = 2 ** 20

/**
 * Whether memory is short. In use is what the process occupies or, if that is more, what the ledger
 * has promised: promised bytes arrive a little later. Measured when somebody asks, a batch or a
 * reader of the status, and the last measurement is older than the interval; in between the ledger
 * tells what has been added, and asks for a measurement when that would pass the hard limit.
 */
export class Limiter {
  readonly #config: Config
  readonly #around: Surroundings
  readonly #limits: Limits
  readonly #gc: ForcedGc
  #checkedMs = Number.NEGATIVE_INFINITY
  #usedBytes = 0
  #reservedBytes = 0
  #refusing = false

  constructor(config: Config, around: Surroundings) {
    this.#config = config
    this.#around = around
    this.#limits = limitsOf(config, around.machine.totalBytes())
    this.#gc = new ForcedGc(config)
    around.log.info(
      {
        limit_mib: Math.round(this.#limits.hardBytes / mib),
        spike_limit_mib: Math.round((this.#limits.hardBytes - this.#limits.softBytes) / mib),
        check_interval_ms: config.check_interval,
      },
      'Memory limiter configured',
    )
  }

  /** Whether data is to be refused now. */
  mustRefuse(): boolean {
    if (this.#isDue()) this.#check()
    return this.#refusing
  }

  /** Measured anew where it is due, so that a limiter to which nobody sends any more recovers. */
  status() {
    if (this.#isDue()) this.#check()
    return {
      state: this.#refusing ? 'refusing' : 'ok',
      ...(this.#refusing && { reason: 'data refused due to high memory usage' }),
      used_bytes: this.#usedBytes,
      soft_limit_bytes: this.#limits.softBytes,
      limit_bytes: this.#limits.hardBytes,
    }
  }

  #isDue(): boolean {
    const { scheduler, memory } = this.#around
    if (scheduler.now() - this.#checkedMs >= this.#config.check_interval) return true
    const addedBytes = memory.status().reserved_bytes - this.#reservedBytes
    return !this.#refusing && this.#usedBytes + addedBytes >= this.#limits.hardBytes
  }

  #check(): void {
    const { log } = this.#around
    this.#checkedMs = this.#around.scheduler.now()
    this.#measure()
    const level = this.#levelAbove()
    if (level !== undefined) this.#collect(level)

    const mustRefuse = this.#levelAbove() !== undefined
    if (mustRefuse && !this.#refusing) {
      log.warn(this.#fields(), 'Memory usage is above soft limit. Refusing data.')
    }
    if (!mustRefuse && this.#refusing) {
      log.info(this.#fields(), 'Memory usage back within limits. Resuming normal operation.')
    }
    this.#refusing = mustRefuse
  }

  #levelAbove(): Level | undefined {
    if (this.#usedBytes >= this.#limits.hardBytes) return 'hard'
    return this.#usedBytes >= this.#limits.softBytes ? 'soft' : undefined
  }

  #collect(level: Level): void {
    const { machine, log } = this.#around
    if (machine.gc === undefined || !this.#gc.isDue(level, this.#checkedMs)) return
    const message = `Memory usage is above ${level} limit. Forcing a GC.`
    if (level === 'hard') log.warn(this.#fields(), message)
    else log.info(this.#fields(), message)
    const beforeBytes = this.#usedBytes
    machine.gc()
    this.#measure()
    this.#gc.done(level, this.#checkedMs, beforeBytes, this.#usedBytes)
    log.info(this.#fields(), 'Memory usage after GC.')
  }

  #measure(): void {
    this.#reservedBytes = this.#around.memory.status().reserved_bytes
    this.#usedBytes = Math.max(this.#around.machine.rssBytes(), this.#reservedBytes)
  }

  #fields() {
    return { cur_mem_mib: Math.round(this.#usedBytes / mib) }
  }
}
