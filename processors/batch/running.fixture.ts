import { Subject } from 'rxjs'
import type { Batch, TelemetryBatch } from '../../src/component/batch.ts'
import { type Delivery, delivered, type Outcome } from '../../src/component/delivery.ts'
import { VirtualScheduler } from '../../src/component/virtual-scheduler.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { aBatch } from '../../test/support/build.ts'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { batchProcessor } from './index.ts'

/** What stands behind the processor, and settles what it sends. */
export type Take = (delivery: Delivery, scheduler: VirtualScheduler) => void

export const settleAtOnce: Take = (delivery) => delivery.settle(delivered)

/** The processor with this config, on virtual time, and all that it has sent. */
export function running(written: object, take: Take = () => {}) {
  const scheduler = new VirtualScheduler()
  const metrics = createMetrics({})
  const settings = testSettings({ scheduler, meter: metrics.meter })
  const processor = batchProcessor.create(config.parse(written), settings)
  if (processor.kind !== 'operator') throw new Error('batch holds deliveries')
  const out: Delivery[] = []
  let isComplete = false
  const source = new Subject<Delivery>()
  const subscription = source.pipe(processor.operator).subscribe({
    next(delivery) {
      out.push(delivery)
      take(delivery, scheduler)
    },
    complete() {
      isComplete = true
    },
  })
  return {
    scheduler,
    metrics,
    out,
    subscription,
    /** @returns the outcomes, which come later */
    send(batch: Batch, onSettle: () => void = () => {}): Outcome[] {
      const outcomes: Outcome[] = []
      source.next({
        batch,
        settle(outcome) {
          outcomes.push(outcome)
          onSettle()
        },
      })
      return outcomes
    },
    complete: () => source.complete(),
    completed: () => isComplete,
    sent: () => out.map((it) => namesIn(it.batch)).filter((it) => it.length > 0),
    pass: (ms: number) => scheduler.advanceTo(scheduler.now() + ms),
  }
}

/** Spans of these names. */
export function spans(...names: string[]): TelemetryBatch {
  const items = names.map((name, at) => ({ name, spanId: `${at + 1}`.padStart(16, '0') }))
  return aBatch('traces', items)
}

export function namesIn(batch: Batch): string[] {
  const names: string[] = []
  if (batch.kind === 'traces') forEachSpan(batch.payload, (span) => names.push(span.name()))
  return names
}
