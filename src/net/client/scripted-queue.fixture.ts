import { Subject, type Subscription } from 'rxjs'
import { recordingLog, testSettings } from '../../../test/support/settings.ts'
import { type Batch, itemCount } from '../../component/batch.ts'
import type { Delivery, Outcome, Slots } from '../../component/delivery.ts'
import type { Settings } from '../../component/settings.ts'
import { VirtualScheduler } from '../../component/virtual-scheduler.ts'
import type { Answer } from './answer.ts'
import { sendingQueue } from './queue-config.ts'
import { httpFailure, retryOnFailure } from './retry-config.ts'
import { SendingQueue } from './sending-queue.ts'

export interface ScriptedQueueOptions {
  readonly queue?: object
  readonly retry?: object
  readonly settings?: Partial<Settings>
  readonly random?: () => number
  readonly scheduler?: VirtualScheduler
  /** Items of each request that a batch is cut into; absent, one request. */
  readonly cut?: (batch: Batch) => readonly number[]
}

/** A sending queue in virtual time whose destination answers what the test tells it to. */
export function scriptedQueue(
  answer: (attempt: number, items: number, batch: Batch) => Answer | Promise<Answer>,
  {
    queue = {},
    retry = {},
    settings = {},
    random = () => 0.5,
    scheduler = new VirtualScheduler(),
    cut,
  }: ScriptedQueueOptions = {},
) {
  const log = recordingLog()
  const drain = new AbortController()
  const attemptsAtMs: number[] = []
  let document: () => unknown = () => undefined
  let destroyed = 0
  const sender = new SendingQueue(
    {
      sending_queue: sendingQueue().parse(queue),
      retry_on_failure: retryOnFailure(httpFailure(), 'none').parse(retry),
    },
    {
      wants: (batch) => itemCount(batch) > 0,
      requests: (batch) =>
        (cut?.(batch) ?? [itemCount(batch)]).map((items) => ({
          items,
          async send() {
            attemptsAtMs.push(scheduler.now())
            return answer(attemptsAtMs.length, items, batch)
          },
        })),
      attributes: () => ({}),
      async close() {},
      async destroy() {
        destroyed++
      },
    },
    testSettings({
      log,
      scheduler,
      random,
      signal: drain.signal,
      status: (it) => {
        document = it
      },
      ...settings,
    }),
  )
  const source = new Subject<Delivery>()
  let isComplete = false
  let failure: unknown
  const subscription: Subscription = sender.consume(source).subscribe({
    complete: () => {
      isComplete = true
    },
    error: (cause) => {
      failure = cause
    },
  })
  return {
    sender,
    scheduler,
    log,
    drain,
    source,
    subscription,
    attemptsAtMs,
    isComplete: () => isComplete,
    failure: () => failure,
    destroyed: () => destroyed,
    status: () => document(),
    /** Sends a batch on its way and returns every outcome that it is settled with. */
    deliver(batch: Batch, slots?: Slots): Outcome[] {
      const outcomes: Outcome[] = []
      const settle = (outcome: Outcome) => void outcomes.push(outcome)
      source.next(slots ? { batch, settle, slots } : { batch, settle })
      return outcomes
    },
  }
}

export const sent: Answer = { kind: 'sent', rejected: 0 }
export const unavailable: Answer = { kind: 'retryable', reason: 'HTTP 503' }
export const refused: Answer = { kind: 'permanent', reason: 'HTTP 400' }
