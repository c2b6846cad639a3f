import { type Scheduler, wait } from '../../component/scheduler.ts'
import type { Answer, DropReason, Failed, Final, OutgoingRequest, Sent } from './answer.ts'
import type { RetryPolicy } from './retry-config.ts'
import type { Throttle } from './throttle.ts'

/** What all requests to one destination share. */
export interface RetryContext {
  readonly policy: RetryPolicy
  readonly scheduler: Scheduler
  /** Chance, uniform in [0, 1). */
  readonly random: () => number
  readonly throttle: Throttle
  /** Told before each wait. */
  onWait(reason: string, delayMs: number): void
}

/** How long the holder of a request is willing to wait. */
export interface Patience {
  /** Aborted when there is time for one more try, but none for waiting. */
  readonly hurry: AbortSignal
  /** Whether nobody wants the result any more: no further try. */
  isOver(): boolean
}

/**
 * Wait before a retry, in milliseconds: `min(initial × multiplier^retry, max)`, then uniform within
 * `± randomization_factor` of it. With the defaults the first wait is 2.5 s to 7.5 s.
 *
 * @param retry 0 for the first retry
 */
export function backoffMs(
  policy: Pick<
    RetryPolicy,
    'initial_interval' | 'multiplier' | 'max_interval' | 'randomization_factor'
  >,
  retry: number,
  random: () => number,
): number {
  const grown = policy.initial_interval * policy.multiplier ** retry
  const interval = Math.min(grown, policy.max_interval)
  return interval * (1 + policy.randomization_factor * (2 * random() - 1))
}

/**
 * Sends a request until it is taken, refused for good, or not worth waiting for. A retry is not
 * begun when its wait would end later than `max_elapsed_time` after the first attempt.
 */
export async function sendUntilFinal(
  request: OutgoingRequest,
  patience: Patience,
  { policy, scheduler, random, throttle, onWait }: RetryContext,
): Promise<Final> {
  const { hurry } = patience
  await throttle.passed(hurry)
  const startMs = scheduler.now()
  for (let retry = 0; ; retry++) {
    if (patience.isOver()) return cancelled
    const isLast = hurry.aborted
    const answer = await request.send()
    if (answer.kind === 'sent') return answer
    const given = (reason: DropReason, prefix: string) => failed(reason, prefix, answer, retry + 1)
    if (answer.kind === 'permanent') return given('permanent', 'not retryable error: ')
    if (answer.retryAfterMs !== undefined) throttle.pause(answer.retryAfterMs)
    if (!policy.enabled) return given('retry_disabled', '')
    if (isLast) return given('shutdown', 'interrupted due to shutdown: ')
    const delayMs = Math.max(backoffMs(policy, retry, random), answer.retryAfterMs ?? 0)
    const untilMs = scheduler.now() + delayMs
    if (policy.max_elapsed_time > 0 && untilMs > startMs + policy.max_elapsed_time) {
      return given('retries_exhausted', 'no more retries left: ')
    }
    onWait(answer.reason, delayMs)
    await wait(scheduler, delayMs, hurry)
    await throttle.passed(hurry)
  }
}

const cancelled = failed(
  'shutdown',
  'request is cancelled or timed out: ',
  { kind: 'retryable', reason: 'the exporter was stopped' },
  0,
)

function failed(
  reason: DropReason,
  prefix: string,
  { response, ...answer }: Exclude<Answer, Sent>,
  attempts: number,
): Failed {
  const outcome = { ...answer, reason: prefix + answer.reason }
  return { kind: 'failed', reason, outcome, attempts, ...(response ? { response } : {}) }
}
