import type { Answer } from '../../src/net/client/answer.ts'
import type { GrpcAnswer } from '../../src/net/client/grpc-client.ts'
import { grpcCodeName } from '../../src/net/client/grpc-code.ts'
import type { LogLimit } from '../../src/net/client/log-limit.ts'
import { readPartialSuccess, taken } from '../../src/net/client/partial-success.ts'
import { printable } from '../../src/net/client/printable.ts'
import { responseText } from '../../src/net/client/response-text.ts'
import { type RpcStatus, readStatus } from '../../src/net/client/rpc-status.ts'
import type { Signal } from '../../src/pdata/signal.ts'

/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS: OTLP's list. */
const retryableCodes = [1, 4, 10, 11, 14, 15]
/** Worth a retry only where the server says when. */
const resourceExhausted = 8

/** Says what a server's answer means for the request. */
export class AnswerReader {
  readonly #retryable: ReadonlySet<number>
  readonly #shown: string
  readonly #log: LogLimit

  /**
   * @param extra further codes worth a retry
   * @param shown the server, for messages
   */
  constructor(extra: readonly number[], shown: string, log: LogLimit) {
    this.#retryable = new Set([...retryableCodes, ...extra])
    this.#shown = shown
    this.#log = log
  }

  read(answer: GrpcAnswer, signal: Signal): Answer {
    if (answer.kind === 'failed') return this.#failed(answer)
    return taken(readPartialSuccess('proto', answer.body), signal, this.#shown, this.#log)
  }

  #failed({ code, message, details }: Extract<GrpcAnswer, { kind: 'failed' }>): Answer {
    const status = details && readStatus('proto', details)
    const response = responseText(message)
    const reason = `error exporting items, request to ${this.#shown} responded with gRPC code ${grpcCodeName(code)}, Message=${printable(message)}${shownDetails(status)}`
    const afterMs = status?.retryDelayMs
    const isRetryable =
      this.#retryable.has(code) || (code === resourceExhausted && afterMs !== undefined)
    if (!isRetryable) return { kind: 'permanent', reason, grpcStatus: code, ...response }
    // A delay of zero asks for nothing.
    const hint = afterMs ? { retryAfterMs: afterMs } : {}
    return { kind: 'retryable', reason, grpcStatus: code, ...hint, ...response }
  }
}

function shownDetails(status: RpcStatus | undefined): string {
  if (status === undefined || status.details.length === 0) return ''
  return `, Details=[${printable(status.details.join(' '))}]`
}
