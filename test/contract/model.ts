import type { LogRecord } from '../../src/component/record.ts'
import { itemKeys, settleDelayMs, tasksPerAlert } from './probes.ts'

/** What the probes must remember, worked out from the records alone. */
export interface Expected {
  readonly items: Readonly<Record<string, number>>
  readonly spans: ReadonlyMap<string, number>
  /** `trace items-it-had`, once for each time it settled. */
  readonly tasks: readonly string[]
  readonly alerts: readonly string[]
  /** Traces that wait, and when they are due. */
  readonly open: ReadonlyMap<string, number>
}

interface Open {
  items: number
  dueMs: number
}

/**
 * The plain version of what the engine and its probes do, without batches, graph or promises.
 *
 * @param learns whether the learner sees a request: the guard may stand before it
 */
export function expectedMemory(
  records: readonly LogRecord[],
  learns: (record: LogRecord) => boolean,
): Expected {
  const items: Record<string, number> = {}
  const spans = new Map<string, number>()
  const open = new Map<string, Open>()
  const tasks: string[] = []
  const alerts: string[] = []

  for (const record of records) {
    settleDue(record.atMs)
    if (record.body.kind !== 'request' || !learns(record)) continue
    const { payload } = record.body
    const batch = { kind: payload.signal, payload, facts: [], origins: [], leases: [] }
    for (const key of itemKeys(batch)) {
      items[payload.signal] = (items[payload.signal] ?? 0) + 1
      spans.set(key, (spans.get(key) ?? 0) + 1)
      const traceId = key.slice(0, 32)
      const trace = open.get(traceId) ?? { items: 0, dueMs: 0 }
      open.set(traceId, { items: trace.items + 1, dueMs: record.atMs + settleDelayMs })
    }
  }
  return { items, spans, tasks, alerts, open: new Map([...open].map(([id, it]) => [id, it.dueMs])) }

  function settleDue(atMs: number): void {
    const due = [...open].filter(([, it]) => it.dueMs <= atMs)
    due.sort(([a, x], [b, y]) => x.dueMs - y.dueMs || (a < b ? -1 : 1))
    for (const [traceId, trace] of due) {
      open.delete(traceId)
      tasks.push(`${traceId} items ${trace.items}`)
      if (tasks.length % tasksPerAlert === 0) alerts.push(`${traceId}#${tasks.length}`)
    }
  }
}
