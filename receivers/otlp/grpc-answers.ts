import type { Outcome } from '../../src/component/delivery.ts'
import { grpcStatus, httpStatusOf } from '../../src/net/server/grpc-status.ts'
import type { Status } from '../../src/net/server/status-body.ts'

type Failed = Exclude<Outcome, { kind: 'delivered' }>

const defaultRetryMs = 1000
/** Hints are honest for seconds, not for minutes: SDKs give up after ten. */
const [leastRetryMs, longestRetryMs] = [100, 5000]

/** What a delivery came to. Whether a client may retry is the outcome's kind, never its status. */
export function statusOfOutcome({ kind, reason, grpcStatus: code, ...rest }: Failed): Status {
  const mayRetry = code !== undefined && isRetryable(code)
  if (kind === 'permanent') {
    const isFinal = code !== undefined && (!mayRetry || code === grpcStatus.resourceExhausted)
    return { code: isFinal ? code : grpcStatus.internal, message: reason }
  }
  const retryAfterMs = 'retryAfterMs' in rest ? rest.retryAfterMs : undefined
  return { ...unavailable(reason, retryAfterMs), ...(mayRetry ? { code } : {}) }
}

/** We cannot take the call now: `UNAVAILABLE` with a `RetryInfo`. */
export function unavailable(message: string, retryAfterMs = defaultRetryMs): Status {
  const bounded = Math.min(longestRetryMs, Math.max(leastRetryMs, Math.ceil(retryAfterMs)))
  return { code: grpcStatus.unavailable, message, retryAfterMs: bounded }
}

/** Codes that a client retries, `RESOURCE_EXHAUSTED` only with the hint that we give. */
function isRetryable(code: number): boolean {
  return [429, 503].includes(httpStatusOf(code))
}
