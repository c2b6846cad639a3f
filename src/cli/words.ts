import type { MetricData } from '@opentelemetry/sdk-metrics'
import { z } from 'zod'
import type { Engine } from '../pipeline/engine.ts'
import { sumBy } from '../telemetry/metrics.ts'
import type { Collector } from './collector.ts'
import type { Product } from './product.ts'
import { storageLine } from './storage-words.ts'

/** A few lines for the person who started it: where it listens and what runs. */
export function readyLines(collector: Collector, product: Product): string {
  const { engine, config, adminUrl, probesUrl, metricsUrls } = collector
  const listeners = engine.instances.hosts
    .filter((it) => it.listening.length > 0)
    .map((it) => `${it.id} listens on ${it.listening.join(' and ')}`)
  const pipelines = [...config.service.pipelines.values()].map(
    ({ id, receivers, processors, exporters }) => {
      const steps = [receivers, processors, exporters].filter((it) => it.length > 0)
      return `${id}: ${steps.map((it) => it.join(', ')).join(' → ')}`
    },
  )
  const metrics = metricsUrls.map((url) => `metrics: ${url}`)
  const probes = probesUrl === undefined ? [] : [`probes: ${probesUrl}`]
  const { storage } = config.service
  const kept = storage ? [storageLine(storage)] : []
  const lines = [...listeners, ...pipelines, ...kept, `admin: ${adminUrl}`, ...probes, ...metrics]
  const body = lines.map((it) => `  ${it}\n`).join('')
  return `${product.name} ${product.version} is running. Ctrl+C stops it.\n${body}`
}

const ledger = z.object({
  received: z.number(),
  delivered: z.number(),
  rejected: z.number(),
  dropped: z.record(z.string(), z.number()),
  held: z.number(),
})
/** Of a queue with a disk behind it; another one has none. */
const disk = z.object({ dead_letters: z.number() })
const withLedger = z.object({ ledger, queue: z.object({ disk: disk.optional() }).optional() })

/**
 * What became of everything, by receiver and by destination.
 *
 * @param recordsLeft of the ingest log, for the next start; `undefined` where there is none
 */
export function finalReport(
  engine: Engine,
  metrics: readonly MetricData[],
  recordsLeft: number | undefined,
): string {
  const lines = engine.instances.hosts.flatMap((host): string[] => {
    if (host.role === 'receiver') return [receiverLine(host.id, metrics)]
    const document = withLedger.safeParse(host.document())
    return document.success ? [destinationLine(host.id, document.data)] : []
  })
  const left = recordsLeft
    ? [`ingest log: ${recordsLeft} records kept on disk, processed at the next start`]
    : []
  return ['What became of the data:', ...[...lines, ...left].map((it) => `  ${it}`), ''].join('\n')
}

const items = ['spans', 'log_records', 'metric_points']

function receiverLine(id: string, metrics: readonly MetricData[]): string {
  const counted = ['accepted', 'refused', 'failed'].map((what) => {
    const sums = items.map(
      (it) => sumBy(metrics, `otelcol_receiver_${what}_${it}`, 'receiver').get(id) ?? 0,
    )
    return { what, count: sums.reduce((a, b) => a + b, 0) }
  })
  const shown = counted.filter(({ what, count }) => what !== 'failed' || count > 0)
  return `${id}: ${shown.map(({ what, count }) => `${what} ${count}`).join(', ')}`
}

function destinationLine(id: string, document: z.output<typeof withLedger>): string {
  const { ledger: it, queue: { disk } = {} } = document
  const reasons = Object.entries(it.dropped)
  const dropped = reasons.reduce((sum, [, count]) => sum + count, 0)
  const why = reasons.map(([reason, count]) => `${reason} ${count}`).join(', ')
  const where = disk === undefined ? ' (lost)' : ' (kept on disk)'
  return [
    `${id}: received ${it.received}`,
    `delivered ${it.delivered}`,
    `rejected ${it.rejected}`,
    `dropped ${dropped}${why === '' ? '' : ` (${why})`}`,
    `held ${it.held}${it.held > 0 ? where : ''}`,
    ...(disk && disk.dead_letters > 0 ? [`dead letters ${disk.dead_letters}`] : []),
  ].join(', ')
}
