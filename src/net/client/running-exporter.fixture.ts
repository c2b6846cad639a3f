import { Subject } from 'rxjs'
import { onTestFinished } from 'vitest'
import { recordingLog, testSettings } from '../../../test/support/settings.ts'
import type { Batch } from '../../component/batch.ts'
import type { Delivery, Outcome } from '../../component/delivery.ts'
import type { Exporter } from '../../component/factory.ts'
import type { Settings } from '../../component/settings.ts'

/** Settings with which an exporter tries once and tells each batch's own outcome. */
export const oneAttempt = {
  sending_queue: { wait_for_result: true },
  retry_on_failure: { enabled: false },
}

/** An exporter at work; it is stopped when the test ends. */
export function runningExporter(
  create: (settings: Settings) => Exporter,
  overrides: Partial<Settings> = {},
) {
  const log = recordingLog()
  let document: () => unknown = () => undefined
  const closing: Promise<unknown>[] = []
  const exporter = create(
    testSettings({
      log,
      status: (it) => {
        document = it
      },
      closing: (work) => closing.push(work),
      ...overrides,
    }),
  )
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
    persist: () => exporter.persist?.(),
    status: () => document(),
    send: (batch: Batch) =>
      new Promise<Outcome>((settle) => {
        source.next({ batch, settle })
      }),
  }
}

/** Waits for what a real server or its client does in its own time. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
