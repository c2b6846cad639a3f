import type { Log } from '../../src/component/log.ts'
import type { Test } from '../../src/ottl/compile.ts'
import {
  dataPointContext,
  logContext,
  metricContext,
  spanContext,
} from '../../src/ottl/contexts.ts'
import { forEachLogRecord } from '../../src/pdata/logs.ts'
import { type DataPointView, forEachDataPoint } from '../../src/pdata/metrics.ts'
import type { Payload } from '../../src/pdata/payload.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { anyHolds, namedTests } from './any-holds.ts'
import type { Config } from './config.ts'

/** Calls back with the index of every item to drop. */
export type Dropper = (payload: Payload, drop: (index: number) => void) => void

/** What is dropped of each signal; a signal without conditions has no dropper. */
export function droppersOf(config: Config, log: Log): ReadonlyMap<Signal, Dropper> {
  const { error_mode: mode, traces, logs, metrics } = config
  const droppers = new Map<Signal, Dropper>()
  if (traces.span.length > 0) {
    const isUnwanted = anyHolds(namedTests(spanContext, traces.span), mode, log)
    droppers.set('traces', (payload, drop) =>
      forEachSpan(payload, (span) => {
        if (isUnwanted(span)) drop(span.index)
      }),
    )
  }
  if (logs.log_record.length > 0) {
    const isUnwanted = anyHolds(namedTests(logContext, logs.log_record), mode, log)
    droppers.set('logs', (payload, drop) =>
      forEachLogRecord(payload, (record) => {
        if (isUnwanted(record)) drop(record.index)
      }),
    )
  }
  if (metrics.metric.length + metrics.datapoint.length > 0) {
    const ofMetric = anyHolds(namedTests(metricContext, metrics.metric), mode, log)
    const ofPoint = anyHolds(namedTests(dataPointContext, metrics.datapoint), mode, log)
    droppers.set('metrics', pointDropper(ofMetric, ofPoint))
  }
  return droppers
}

/** Conditions on a metric are asked at its first point and hold for all of them. */
function pointDropper(ofMetric: Test<DataPointView>, ofPoint: Test<DataPointView>): Dropper {
  return (payload, drop) => {
    let metricIndex = -1
    let isMetricUnwanted = false
    forEachDataPoint(payload, (point) => {
      if (point.metricIndex !== metricIndex) {
        metricIndex = point.metricIndex
        isMetricUnwanted = ofMetric(point)
      }
      if (isMetricUnwanted || ofPoint(point)) drop(point.index)
    })
  }
}
