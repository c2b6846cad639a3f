import type { Permanent, Retryable } from '../../component/delivery.ts'
import type { DropReason } from './answer.ts'
import { grpcCodeName } from './grpc-code.ts'

/**
 * What `error.type` says of items that were given up, in otelcol's words: `Shutdown`, the code that
 * the destination gave, such as `Unavailable`, or `_OTHER`.
 */
export function errorType(reason: DropReason, { grpcStatus }: Retryable | Permanent): string {
  if (reason === 'shutdown') return 'Shutdown'
  if (grpcStatus === undefined) return '_OTHER'
  if (grpcStatus === cancelled) return 'Canceled'
  return grpcCodeName(grpcStatus)
    .split('_')
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join('')
}

/** The one code whose name Go spells in its own way. */
const cancelled = 1
