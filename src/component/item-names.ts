import type { PipelineKind } from './batch.ts'

/** Items of a kind as otelcol's metric names and span attributes call them, and their unit. */
export const itemNames = {
  traces: { plural: 'spans', unit: '{span}' },
  metrics: { plural: 'metric_points', unit: '{datapoint}' },
  logs: { plural: 'log_records', unit: '{record}' },
  alerts: { plural: 'alerts', unit: '{alert}' },
} as const satisfies Record<PipelineKind, { readonly plural: string; readonly unit: string }>
