import { type Batch, itemCount } from '../../src/component/batch.ts'
import type { Paint } from './paint.ts'

const titles = { traces: 'Traces', logs: 'Logs', metrics: 'Metrics', alerts: 'Alerts' } as const

const units = {
  traces: { resources: 'resource spans', items: 'spans' },
  logs: { resources: 'resource logs', items: 'log records' },
  metrics: { resources: 'resource metrics', items: 'data points' },
} as const

/** One line about a batch, such as `Traces {"resource spans":1,"spans":2}`. */
export function basic(batch: Batch, paint: Paint): string[] {
  return [`${paint.strong(titles[batch.kind])} ${JSON.stringify(counts(batch))}`]
}

function counts(batch: Batch): object {
  if (batch.kind === 'alerts') {
    const firing = batch.alerts.filter((it) => it.state === 'firing').length
    return { alerts: batch.alerts.length, firing }
  }
  const { resources, items } = units[batch.kind]
  const resourceCount = batch.payload.chunks.reduce((sum, it) => sum + it.resourceCount, 0)
  const facts = batch.facts.length > 0 ? { facts: batch.facts.length } : {}
  return { [resources]: resourceCount, [items]: itemCount(batch), ...facts }
}
