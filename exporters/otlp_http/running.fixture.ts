import { Subject } from 'rxjs'
import { onTestFinished } from 'vitest'
import type { Batch } from '../../src/component/batch.ts'
import type { Delivery, Outcome } from '../../src/component/delivery.ts'
import type { Settings } from '../../src/component/settings.ts'
import { SendingQueue } from '../../src/net/client/sending-queue.ts'
import { recordingLog, testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { OtlpHttpDestination } from './destination.ts'
import { otlpHttpExporter } from './index.ts'

/** The exporter at work; by default it tries once and tells each batch's own outcome. */
export function running(input: object, overrides: Partial<Settings> = {}, maxBytes?: number) {
  const log = recordingLog()
  let document: () => unknown = () => undefined
  const closing: Promise<unknown>[] = []
  const settings = testSettings({
    id: 'otlp_http',
    log,
    status: (it) => {
      document = it
    },
    closing: (work) => closing.push(work),
    ...overrides,
  })
  const parsed = config.parse({
    sending_queue: { wait_for_result: true },
    retry_on_failure: { enabled: false },
    ...input,
  })
  const exporter =
    maxBytes === undefined
      ? otlpHttpExporter.create(parsed, settings)
      : new SendingQueue(parsed, new OtlpHttpDestination(parsed, settings, maxBytes), settings)
  const source = new Subject<Delivery>()
  let isComplete = false
  const subscription = exporter.consume(source).subscribe({
    complete: () => {
      isComplete = true
    },
  })
  onTestFinished(async () => {
    subscription.unsubscribe()
    await Promise.all(closing)
  })
  return {
    log,
    source,
    subscription,
    isComplete: () => isComplete,
    status: () => document(),
    send: (batch: Batch) =>
      new Promise<Outcome>((settle) => {
        source.next({ batch, settle })
      }),
  }
}
