import { errors } from 'undici'

/** Why no answer came, as one sentence without credentials: undici names hosts, never URLs. */
export function transportReason(cause: unknown, timeoutMs: number): string {
  if (isDeadline(cause)) return `no answer within ${timeoutMs / 1000}s`
  if (cause instanceof AggregateError && cause.message === '') {
    return [...new Set(cause.errors.map((it) => transportReason(it, timeoutMs)))].join('; ')
  }
  if (cause instanceof Error) return cause.message || cause.name
  return String(cause)
}

/** Whether undici refuses the request itself, as it would each time, before it is sent. */
export function isUnsendable(cause: unknown): boolean {
  return cause instanceof errors.InvalidArgumentError || cause instanceof errors.NotSupportedError
}

function isDeadline(cause: unknown): boolean {
  return (
    (cause instanceof Error && cause.name === 'TimeoutError') ||
    cause instanceof errors.HeadersTimeoutError ||
    cause instanceof errors.BodyTimeoutError
  )
}
