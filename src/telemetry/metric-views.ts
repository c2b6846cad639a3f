import {
  AggregationType,
  createDenyListAttributesProcessor,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'

export type MetricLevel = 'none' | 'basic' | 'normal' | 'detailed'

const fromNormal = ['otelcol_processor_batch_*']
const onlyDetailed = [
  'otelcol_processor_batch_batch_send_size_bytes',
  'otelcol_processor_internal_duration',
  'otelcol_exporter_queue_batch_send_size',
  'otelcol_exporter_queue_batch_send_size_bytes',
  'otelcol_exporter_enqueue_size',
  'otelcol_exporter_enqueue_size_bytes',
]

/** At detailed alone failures tell their kinds apart. */
const failuresInOne: ViewOptions = {
  instrumentName: 'otelcol_exporter_send_failed_*',
  attributesProcessors: [createDenyListAttributesProcessor(['error.type', 'error.permanent'])],
}

/**
 * What a level leaves out, as otelcol does: at basic all that the batch processor counts, below
 * detailed the histograms of sizes and what tells failures apart. Components count alike at every level; what is left out costs
 * them nothing.
 */
export function viewsFor(level: MetricLevel): ViewOptions[] {
  if (level === 'detailed') return []
  const left = level === 'normal' ? onlyDetailed : [...fromNormal, ...onlyDetailed]
  const dropped = left.map(
    (instrumentName): ViewOptions => ({
      instrumentName,
      aggregation: { type: AggregationType.DROP },
    }),
  )
  return [failuresInOne, ...dropped]
}
