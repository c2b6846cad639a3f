import type { Outcome, Permanent, Retryable } from '../../src/component/delivery.ts'
import { grpcStatus, grpcStatusOf, httpStatusOf } from '../../src/net/server/grpc-status.ts'
import type { RawHeaders, Reply } from '../../src/net/server/reply.ts'
import {
  type Encoding,
  mediaType,
  type Status,
  statusBody,
} from '../../src/net/server/status-body.ts'

/** Longest hint we give, in seconds: SDKs drop data at once when it exceeds their 10 s deadline. */
const longestRetrySeconds = 5

const success = { protobuf: Buffer.alloc(0), json: Buffer.from('{}') } as const

/** Answers in the words of OTLP/HTTP; every one carries the headers that the configuration adds. */
export class Answers {
  readonly #headers: Readonly<Record<Encoding, RawHeaders>>
  readonly #success: Readonly<Record<Encoding, Reply>>

  /** @param extra headers of every answer: name, value, name, value */
  constructor(extra: RawHeaders = []) {
    this.#headers = {
      protobuf: ['Content-Type', mediaType.protobuf, ...extra],
      json: ['Content-Type', mediaType.json, ...extra],
    }
    this.#success = {
      protobuf: { status: 200, headers: this.#headers.protobuf, body: success.protobuf },
      json: { status: 200, headers: this.#headers.json, body: success.json },
    }
  }

  /** Everything was taken over, or there was nothing to take. */
  success(encoding: Encoding): Reply {
    return this.#success[encoding]
  }

  /** What a delivery came to. Whether a client may retry is the outcome's kind, never its status. */
  outcome(outcome: Outcome, encoding: Encoding): Reply {
    if (outcome.kind === 'delivered') return this.success(encoding)
    if (outcome.kind === 'permanent') return this.#permanent(outcome, encoding)
    return this.#retryable(outcome, encoding)
  }

  /** The request itself is wrong; `badField` names its part. */
  badRequest(status: number, message: string, badField: string, encoding: Encoding): Reply {
    return this.#error(status, { code: grpcStatusOf(status), message, badField }, encoding)
  }

  /** The request was refused for a reason that is not in its content. */
  refused(status: number, message: string, encoding: Encoding, more: RawHeaders = []): Reply {
    return this.#error(status, { code: grpcStatusOf(status), message }, encoding, more)
  }

  /** We cannot take the request now: 503 with a hint. */
  unavailable(message: string, encoding: Encoding): Reply {
    return this.#retryable({ kind: 'retryable', reason: message }, encoding)
  }

  #retryable({ reason, retryAfterMs, grpcStatus: code }: Retryable, encoding: Encoding): Reply {
    const status = code === grpcStatus.resourceExhausted ? 429 : 503
    const isRetryable = code !== undefined && isRetryableStatus(httpStatusOf(code))
    const body = { code: isRetryable ? code : grpcStatus.unavailable, message: reason }
    return this.#error(status, body, encoding, ['Retry-After', retrySeconds(retryAfterMs)])
  }

  #permanent({ reason, grpcStatus: code }: Permanent, encoding: Encoding): Reply {
    const mapped = code === undefined ? 500 : httpStatusOf(code)
    const status = isRetryableStatus(mapped) ? 500 : mapped
    return this.#error(status, { code: code ?? grpcStatus.internal, message: reason }, encoding)
  }

  #error(status: number, body: Status, encoding: Encoding, more: RawHeaders = []): Reply {
    const headers = [...this.#headers[encoding], ...more]
    return { status, headers, body: statusBody(body, encoding) }
  }
}

function isRetryableStatus(status: number): boolean {
  return status === 429 || status === 503
}

/** Whole seconds, rounded up, since half a second written as `0` means "at once". */
function retrySeconds(retryAfterMs = 0): string {
  const seconds = Math.ceil(retryAfterMs / 1000)
  return String(Math.min(longestRetrySeconds, Math.max(1, seconds)))
}
