import { createNoopMeter } from '@opentelemetry/api'
import { delivered } from '../../src/component/delivery.ts'
import { type Log, silentLog } from '../../src/component/log.ts'
import { MemoryLedger } from '../../src/component/memory.ts'
import { machineScheduler } from '../../src/component/scheduler.ts'
import type { Settings } from '../../src/component/settings.ts'
import { State } from '../../src/state/state.ts'

/** Settings as the engine would hand them over, for a component on its own; all of it can be replaced. */
export function testSettings(overrides: Partial<Settings> = {}): Settings {
  return {
    id: 'test',
    log: silentLog,
    meter: createNoopMeter(),
    signal: new AbortController().signal,
    scheduler: machineScheduler,
    random: () => 0.5,
    state: new State(),
    memory: new MemoryLedger(256 * 1024 * 1024),
    kinds: ['traces', 'logs', 'metrics'],
    emit: () => Promise.resolve(delivered),
    status() {},
    command() {},
    result() {},
    started() {},
    closing() {},
    ...overrides,
  }
}

/** One thing that was logged. */
export interface LogLine {
  readonly level: keyof Log
  readonly fields: object
  readonly message: string
}

/** A log that keeps what it was told. */
export function recordingLog(): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const keep = (level: keyof Log) => (fields: object, message: string) => {
    lines.push({ level, fields, message })
  }
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  }
}
