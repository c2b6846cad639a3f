import type { Scheduler } from '../../src/component/scheduler.ts'
import type { Answer } from '../../src/net/client/answer.ts'
import type { HttpAnswer } from '../../src/net/client/http-client.ts'
import type { LogLimit } from '../../src/net/client/log-limit.ts'
import { readPartialSuccess, taken } from '../../src/net/client/partial-success.ts'
import { printable } from '../../src/net/client/printable.ts'
import { responseText } from '../../src/net/client/response-text.ts'
import { retryAfterMs } from '../../src/net/client/retry-after.ts'
import { type RpcStatus, readStatus } from '../../src/net/client/rpc-status.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import type { Config } from './config.ts'
import type { Target } from './targets.ts'

/** Statuses that OTLP/HTTP names as worth a retry. */
const retryableStatuses = [429, 502, 503, 504]

/** Error bodies are read this far. */
const maxErrorBytes = 64 * 1024

/** Says what a server's answer means for the request. */
export class AnswerReader {
  readonly #retryable: ReadonlySet<number>
  readonly #log: LogLimit
  readonly #scheduler: Scheduler

  constructor(config: Config, log: LogLimit, scheduler: Scheduler) {
    const { extra_retryable_codes } = config.retry_on_failure
    this.#retryable = new Set([...retryableStatuses, ...extra_retryable_codes])
    this.#log = log
    this.#scheduler = scheduler
  }

  read(answer: HttpAnswer, signal: Signal, target: Target): Answer {
    const isTaken = answer.status >= 200 && answer.status < 300
    return isTaken ? this.#taken(answer, signal, target) : this.#failed(answer, target)
  }

  #taken(answer: HttpAnswer, signal: Signal, { shown }: Target): Answer {
    const type = bodyType(answer)
    const { cut } = answer
    if (cut !== undefined) return taken(undefined, signal, shown, this.#log, cut)
    if (type === undefined || answer.body.length === 0) return { kind: 'sent', rejected: 0 }
    return taken(readPartialSuccess(type, answer.body), signal, shown, this.#log)
  }

  #failed(answer: HttpAnswer, { shown }: Target): Answer {
    const { status } = answer
    const body = statusOf(answer)
    const reason = `error exporting items, request to ${shown} responded with HTTP Status Code ${status}${said(answer, body)}`
    const grpcStatus = grpcStatusOf(status)
    const response = responseText(errorText(answer, body))
    if (!this.#retryable.has(status) || answer.cut === 'too_large') {
      return { kind: 'permanent', reason, grpcStatus, ...response }
    }
    const header = retryAfterMs(answer.header('retry-after'), this.#scheduler.now())
    const throttles = status === 429 || status === 503
    const afterMs = throttles ? (header ?? body?.retryDelayMs) : undefined
    const hint = afterMs === undefined ? {} : { retryAfterMs: afterMs }
    return { kind: 'retryable', reason, grpcStatus, ...hint, ...response }
  }
}

function bodyType(answer: HttpAnswer): 'proto' | 'json' | undefined {
  const type = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf') return 'proto'
  return type === 'application/json' ? 'json' : undefined
}

function statusOf(answer: HttpAnswer): RpcStatus | undefined {
  const type = bodyType(answer)
  return type && readStatus(type, answer.body.subarray(0, maxErrorBytes))
}

/** What the server wrote: a Status where the body is one, else the beginning of its text. */
function said(answer: HttpAnswer, status: RpcStatus | undefined): string {
  const text = errorText(answer, status)
  if (status) return `, Message=${printable(text)}, Details=[${status.details.join(' ')}]`
  return text === '' ? '' : `, Message=${printable(text)}`
}

function errorText(answer: HttpAnswer, status: RpcStatus | undefined): string {
  if (status) return status.message
  const isText = bodyType(answer) !== 'proto'
  return isText ? Buffer.from(answer.body.subarray(0, maxErrorBytes)).toString('utf8') : ''
}

/** gRPC code of an HTTP status, so that it survives a hop. */
function grpcStatusOf(status: number): number {
  return grpcStatuses.get(status) ?? 2
}

const grpcStatuses: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 8],
  [502, 14],
  [503, 14],
  [504, 14],
])
