import type { Scheduler } from '../../src/component/scheduler.ts'
import type { Answer } from '../../src/net/client/answer.ts'
import type { HttpAnswer } from '../../src/net/client/http-client.ts'
import type { LogLimit } from '../../src/net/client/log-limit.ts'
import { readPartialSuccess, readStatus } from '../../src/net/client/otlp-answer.ts'
import { retryAfterMs } from '../../src/net/client/retry-after.ts'
import type { Signal } from '../../src/pdata/signal.ts'
import type { Config } from './config.ts'
import type { Target } from './targets.ts'

/** Statuses that OTLP/HTTP names as worth a retry. */
const retryableStatuses = [429, 502, 503, 504]

/** Error bodies are read this far. */
const maxErrorBytes = 64 * 1024

const rejectedNames: Readonly<Record<Signal, string>> = {
  traces: 'dropped_spans',
  metrics: 'dropped_data_points',
  logs: 'dropped_log_records',
}

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

  /** The data was accepted whatever the body says, so it is never sent again. */
  #taken(answer: HttpAnswer, signal: Signal, { shown }: Target): Answer {
    const type = bodyType(answer)
    if (answer.cut === undefined && (type === undefined || answer.body.length === 0)) return sent
    const partial =
      answer.cut === undefined && type ? readPartialSuccess(type, answer.body) : undefined
    if (partial === undefined) {
      const problem = answer.cut ?? 'undecodable'
      this.#log.say(
        'warn',
        { url: shown, problem },
        'The answer to a request that was taken cannot be read.',
      )
      return sent
    }
    const { rejected, message } = partial
    if (rejected === 0 && message === '') return sent
    const fields = { message, [rejectedNames[signal]]: rejected, url: shown }
    this.#log.say('warn', fields, 'Partial success response')
    return { kind: 'sent', rejected }
  }

  #failed(answer: HttpAnswer, { shown }: Target): Answer {
    const { status } = answer
    const reason = `error exporting items, request to ${shown} responded with HTTP Status Code ${status}${said(answer)}`
    const grpcStatus = grpcStatusOf(status)
    if (!this.#retryable.has(status) || answer.cut === 'too_large') {
      return { kind: 'permanent', reason, grpcStatus }
    }
    const throttles = status === 429 || status === 503
    const afterMs = throttles
      ? retryAfterMs(answer.header('retry-after'), this.#scheduler.now())
      : undefined
    const hint = afterMs === undefined ? {} : { retryAfterMs: afterMs }
    return { kind: 'retryable', reason, grpcStatus, ...hint }
  }
}

const sent: Answer = { kind: 'sent', rejected: 0 }

function bodyType(answer: HttpAnswer): 'proto' | 'json' | undefined {
  const type = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-protobuf') return 'proto'
  return type === 'application/json' ? 'json' : undefined
}

/** What the server wrote: a Status where the body is one, else the beginning of its text. */
function said(answer: HttpAnswer): string {
  const body = answer.body.subarray(0, maxErrorBytes)
  if (body.length === 0) return ''
  const type = bodyType(answer)
  const status = type && readStatus(type, body)
  if (status) return `, Message=${printable(status.message)}, Details=[${status.details.join(' ')}]`
  return type === 'proto' ? '' : `, Message=${printable(Buffer.from(body).toString('utf8'))}`
}

/** One short line, whatever a server sends. */
function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
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
